// Where the bytes of models and contexts lie.
#include "backend/backend.h"
#include "backend/devices.h"
#include "context/context.h"
#include "core/arguments.h"
#include "llama-ext.h"    // internal: the memory of a context
#include "llama-model.h"  // internal: the memory of a model alone

#include <map>

namespace tokapu {

namespace {

// The device whose memory it is: host memory is the CPU's, whoever allocated it.
int32_t device_of(ggml_backend_buffer_type_t type) {
    ggml_backend_dev_t device = ggml_backend_buft_is_host(type) ? cpu_device() : ggml_backend_buft_get_device(type);
    return device == nullptr ? -1 : device_number(device);
}

// Lines by device, then by name.
using Lines = std::map<std::pair<int32_t, std::string>, llama_memory_breakdown_data>;

void add(Lines & lines, ggml_backend_buffer_type_t type, const llama_memory_breakdown_data & bytes) {
    llama_memory_breakdown_data & line = lines[{ device_of(type), ggml_backend_buft_name(type) }];
    line.model += bytes.model;
    line.context += bytes.context;
    line.compute += bytes.compute;
}

bool is_mapped(ggml_backend_buffer_type_t type) {
    const std::string name   = ggml_backend_buft_name(type);
    const std::string suffix = "_Mapped";
    return name.size() > suffix.size() && name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

// The bytes of the tensors in buffers over the mapped file. llama.cpp counts everything between the first and the last of
// them, also the weights that lie in other buffers by now (repacked, AMX, on a GPU): the page cache can drop those.
std::map<ggml_backend_buffer_type_t, size_t> mapped_bytes(const llama_model & model) {
    std::map<ggml_backend_buffer_type_t, size_t> result;
    for (const auto & [name, tensor] : model.tensors_by_name) {
        if (tensor->buffer != nullptr && is_mapped(ggml_backend_buffer_get_type(tensor->buffer))) {
            result[ggml_backend_buffer_get_type(tensor->buffer)] += ggml_nbytes(tensor);
        }
    }
    return result;
}

void add_all(Lines & lines, const llama_model & model, const llama_memory_breakdown & parts) {
    const auto mapped = mapped_bytes(model);
    for (auto [type, bytes] : parts) {
        const auto used = mapped.find(type);
        bytes.model     = used == mapped.end() ? bytes.model : used->second;
        add(lines, type, bytes);
    }
}

std::string text(const Lines & lines, bool with_context) {
    std::string result;
    for (const auto & [key, bytes] : lines) {
        result += key.second + "\t" + std::to_string(key.first) + "\t" + std::to_string(bytes.model);
        if (with_context) {
            result += "\t" + std::to_string(bytes.context) + "\t" + std::to_string(bytes.compute);
        }
        result += "\n";
    }
    return result;
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_model_memory(int64_t model, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto           object = get<Model>(model);
        const RegistryReader reading;
        Lines                lines;
        poisoning(*object, [&] {
            llama_memory_breakdown parts;
            for (const auto & [type, bytes] : object->llama->memory_breakdown()) {
                parts[type].model = bytes;
            }
            add_all(lines, *object->llama, parts);
        });
        return text_out(text(lines, false), buf, capacity, length);
    });
}

int32_t tokapu_context_memory(int64_t context, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto           object = get<Context>(context);
        const Exclusive      inside(*object);
        const RegistryReader reading;
        Lines                lines;
        poisoning(*object, [&] {
            add_all(lines, *object->model->llama, llama_get_memory_breakdown(object->llama));
        });
        return text_out(text(lines, true), buf, capacity, length);
    });
}

}  // extern "C"
