// Loading LoRA adapters. llama.cpp trusts more of such a file than it should: what it would assert on, or compute nonsense with,
// is found here first.
#include "adapter/adapter.h"

#include "backend/backend.h"
#include "backend/devices.h"
#include "core/arguments.h"
#include "ggml-cpp.h"
#include "gguf.h"
#include "llama-model.h"  // internal: the tensors of a model
#include "model/fingerprint.h"
#include "model/model_check.h"
#include "platform/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cmath>
#include <cstring>
#include <mutex>
#include <vector>

namespace tokapu {

namespace {

constexpr size_t READ_AHEAD = size_t{ 1 } << 20;

[[noreturn]] __attribute__((format(printf, 2, 3))) void refuse(const std::string & path, const char * format, ...) {
    char    reason[1024] = {};
    va_list args;
    va_start(args, format);
    std::vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);
    fail(TOKAPU_ERROR_MODEL, "cannot load adapter '%s': %s", path.c_str(), reason);
}

// What messages call it.
std::string name_of(const AdapterFile & from) {
    return from.path.empty() ? "file descriptor " + std::to_string(from.fd) : from.path;
}

File open_adapter(const AdapterFile & from, const std::string & path) {
    if (!from.path.empty() && file_status(from.path).type == FileType::directory) {
        refuse(path, "it is a directory, not a file");
    }
    File file = from.path.empty() ? file_of(from.fd, path) : open_file(from.path);
    if (file == nullptr) {
        refuse(path, "%s", std::strerror(errno));
    }
    const FileStatus status = file_status(file.get());
    if (status.type != FileType::regular) {
        refuse(path, "it is %s, not a file", type_name(status.type));
    }
    if (from.offset > status.size || from.size > status.size - from.offset) {
        fail(TOKAPU_ERROR_ARGUMENT, "bytes %lld to %lld are outside of '%s', which has %lld bytes",
             static_cast<long long>(from.offset), static_cast<long long>(from.offset + from.size), path.c_str(),
             static_cast<long long>(status.size));
    }
    return file;
}

int64_t end_of(const AdapterFile & from, const File & file) {
    return from.size > 0 ? from.offset + from.size : file_status(file.get()).size;
}

// Brings the file into the page cache: contexts of the model may have to wait while llama.cpp loads, but not for a disk.
void read_ahead(const File & file, int64_t offset, int64_t end) {
    std::vector<char> buffer(READ_AHEAD);
    for (int64_t at = offset; at < end;) {
        const auto   wanted = static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(buffer.size()), end - at));
        const size_t n      = read_at(file.get(), at, buffer.data(), wanted);
        if (n == 0) {
            return;
        }
        at += static_cast<int64_t>(n);
    }
}

void seek(const File & file, int64_t offset, const std::string & path) {
    if (!tokapu::seek(file.get(), offset)) {
        refuse(path, "%s", std::strerror(errno));
    }
}

struct Contents {
    gguf_context_ptr gguf;
    ggml_context_ptr tensors;
};

Contents read_contents(const File & file, int64_t offset, int64_t end, const std::string & path) {
    seek(file, offset, path);
    ggml_context *         tensors = nullptr;
    const gguf_init_params params  = { /*no_alloc*/ true, &tensors };
    Contents               contents;
    contents.gguf.reset(gguf_init_from_file_ptr(file.get(), params));
    contents.tensors.reset(tensors);
    if (contents.gguf == nullptr) {
        refuse(path, "it is not a GGUF file, or damaged");
    }
    for (int64_t i = 0; i < gguf_get_n_tensors(contents.gguf.get()); i++) {
        const auto last = gguf_get_data_offset(contents.gguf.get()) + gguf_get_tensor_offset(contents.gguf.get(), i) +
                          gguf_get_tensor_size(contents.gguf.get(), i);
        if (last > static_cast<uint64_t>(end)) {
            refuse(path, "tensor '%s' ends behind it", gguf_get_tensor_name(contents.gguf.get(), i));
        }
    }
    seek(file, offset, path);
    return contents;
}

std::string text_of(const gguf_context * gguf, const char * key, const std::string & path) {
    const int64_t id = gguf_find_key(gguf, key);
    if (id < 0) {
        refuse(path, "it has no %s, so it is not a LoRA adapter", key);
    }
    if (gguf_get_kv_type(gguf, id) != GGUF_TYPE_STRING) {
        refuse(path, "%s is not a text", key);
    }
    return gguf_get_val_str(gguf, id);
}

void check_metadata(const Model & model, const gguf_context * gguf, const std::string & path) {
    const std::string type = text_of(gguf, "general.type", path);
    if (type != "adapter") {
        refuse(path, "its general.type is '%s', not 'adapter'", type.c_str());
    }
    const std::string kind = text_of(gguf, "adapter.type", path);
    if (kind != "lora") {
        refuse(path, "its adapter.type is '%s', not 'lora'", kind.c_str());
    }
    const std::string architecture = text_of(gguf, "general.architecture", path);
    if (architecture != model.llama->arch_name()) {
        refuse(path, "it was made for a model of architecture '%s', this one is '%s'", architecture.c_str(),
               model.llama->arch_name().c_str());
    }
    const int64_t alpha = gguf_find_key(gguf, "adapter.lora.alpha");
    if (alpha >= 0 && (gguf_get_kv_type(gguf, alpha) != GGUF_TYPE_FLOAT32 || !std::isfinite(gguf_get_val_f32(gguf, alpha)))) {
        refuse(path, "adapter.lora.alpha is not a finite float");
    }
    const int64_t tokens = gguf_find_key(gguf, "adapter.alora.invocation_tokens");
    if (tokens < 0) {
        return;
    }
    if (gguf_get_kv_type(gguf, tokens) != GGUF_TYPE_ARRAY || gguf_get_arr_type(gguf, tokens) != GGUF_TYPE_UINT32) {
        refuse(path, "adapter.alora.invocation_tokens is not an array of uint32");
    }
    const auto * ids = static_cast<const uint32_t *>(gguf_get_arr_data(gguf, tokens));
    for (size_t i = 0; i < gguf_get_arr_n(gguf, tokens); i++) {
        if (ids[i] >= static_cast<uint32_t>(model.n_vocab)) {
            refuse(path, "invocation token %zu is %u; the vocabulary has the tokens 0 to %d", i, ids[i], model.n_vocab - 1);
        }
    }
}

bool ends_with(const std::string & text, const char * suffix) {
    const size_t n = std::strlen(suffix);
    return text.size() >= n && text.compare(text.size() - n, n, suffix) == 0;
}

// A and B of one tensor of the model: B * A has its shape, for each of its experts. Those of token_embd are stored the other way
// round, because the rows of A are looked up there.
void check_pair(const ggml_tensor & weight, const ggml_tensor & a, const ggml_tensor & b, const std::string & path) {
    const bool lookup = std::strcmp(weight.name, "token_embd.weight") == 0;
    const bool fits   = lookup ? weight.ne[0] == b.ne[1] && weight.ne[1] == a.ne[1] && a.ne[0] == b.ne[0] :
                                 weight.ne[0] == a.ne[0] && weight.ne[1] == b.ne[1] && a.ne[1] == b.ne[0];
    if (!fits || a.ne[2] != weight.ne[2] || b.ne[2] != weight.ne[2] || a.ne[3] != 1 || b.ne[3] != 1 || b.ne[0] < 1) {
        refuse(path,
               "its matrices for '%s', [%lld, %lld, %lld] and [%lld, %lld, %lld], do not fit the model's [%lld, %lld, %lld]; it "
               "was made for another model",
               weight.name, static_cast<long long>(a.ne[0]), static_cast<long long>(a.ne[1]), static_cast<long long>(a.ne[2]),
               static_cast<long long>(b.ne[0]), static_cast<long long>(b.ne[1]), static_cast<long long>(b.ne[2]),
               static_cast<long long>(weight.ne[0]), static_cast<long long>(weight.ne[1]),
               static_cast<long long>(weight.ne[2]));
    }
}

// llama.cpp takes the endings out of a name wherever they stand: a matrix of any shape could take the place of a checked one.
void check_name(const std::string & name, const std::string & path) {
    const size_t end = name.size() - std::min(name.size(), std::strlen(".lora_a"));
    if (std::min(name.find(".lora_a"), name.find(".lora_b")) < end) {
        refuse(path, "tensor '%s' has '.lora_a' or '.lora_b' in its name, and not at the end alone", name.c_str());
    }
}

void check_tensors(const Model & model, ggml_context * tensors, const std::string & path) {
    for (ggml_tensor * a = ggml_get_first_tensor(tensors); a != nullptr; a = ggml_get_next_tensor(tensors, a)) {
        const std::string name = a->name;
        check_name(name, path);
        if (!is_weight_type(a->type)) {
            refuse(path, "tensor '%s' is of type %s, which cannot be multiplied", name.c_str(), ggml_type_name(a->type));
        }
        if (!ends_with(name, ".lora_a")) {
            continue;  // B is found by A; llama.cpp refuses what is neither
        }
        const std::string   base   = name.substr(0, name.size() - std::strlen(".lora_a"));
        const ggml_tensor * weight = model.llama->get_tensor(base.c_str());
        const ggml_tensor * b      = ggml_get_tensor(tensors, (base + ".lora_b").c_str());
        if (weight == nullptr) {
            refuse(path, "the model has no tensor '%s'; it was made for another model", base.c_str());
        }
        if (b == nullptr) {
            refuse(path, "'%s' has no partner '%s.lora_b'", name.c_str(), base.c_str());
        }
        check_pair(*weight, *a, *b, path);
    }
}

}  // namespace

std::shared_ptr<Adapter> load_adapter(const std::shared_ptr<Model> & model, const AdapterFile & from) {
    const std::string    path    = name_of(from);
    const File           file    = open_adapter(from, path);
    const int64_t        end     = end_of(from, file);
    llama_adapter_lora * adapter = nullptr;
    Fingerprint          fingerprint;
    try {
        const Contents contents = read_contents(file, from.offset, end, path);
        check_metadata(*model, contents.gguf.get(), path);
        check_tensors(*model, contents.tensors.get(), path);
        read_ahead(file, from.offset, end);
        fingerprint.add_range(file.get(), from.offset, end - from.offset);
        const RegistryReader   reading;
        const std::unique_lock alone(model->adapters);
        adapter = llama_adapter_lora_init_from_file_ptr(model->llama, file.get());
    } catch (const AbortException & e) {
        fail(memory_status(TOKAPU_ERROR_MODEL), "cannot load adapter '%s': %s", path.c_str(), e.message.c_str());
    }
    if (adapter == nullptr) {
        fail(memory_status(TOKAPU_ERROR_MODEL), "cannot load adapter '%s'", path.c_str());
    }
    return std::make_shared<Adapter>(model, adapter, fingerprint.text());
}

}  // namespace tokapu
