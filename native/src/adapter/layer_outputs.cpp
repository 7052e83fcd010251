#include "adapter/layer_outputs.h"

#include "context/context.h"
#include "core/arguments.h"
#include "ggml-backend.h"
#include "llama-model.h"  // internal: the number of layers

#include <cstdlib>
#include <cstring>
#include <exception>

namespace tokapu {

namespace {

constexpr char NAME[] = "l_out-";  // llama.cpp's name of what a layer puts out; its number follows

}  // namespace

bool LayerOutputs::on_tensor(ggml_tensor * tensor, bool ask, void * data) noexcept {
    auto *     outputs  = static_cast<LayerOutputs *>(data);
    const bool is_layer = std::strncmp(tensor->name, NAME, sizeof(NAME) - 1) == 0;
    if (ask) {
        return is_layer && outputs->problem.empty();
    }
    if (!is_layer) {
        return true;
    }
    try {
        if (tensor->type != GGML_TYPE_F32 || !ggml_is_contiguous(tensor)) {
            outputs->problem = std::string("what ") + tensor->name + " holds is no matrix of 32-bit numbers";
            return true;
        }
        auto & layer = outputs->layers[std::atoi(tensor->name + sizeof(NAME) - 1)];
        layer.resize(static_cast<size_t>(ggml_nelements(tensor)));
        ggml_backend_tensor_get(tensor, layer.data(), 0, ggml_nbytes(tensor));
    } catch (const std::exception & e) {
        outputs->problem = e.what();
    }
    return true;
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_layers_start(int64_t context) {
    return guarded([&] {
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        auto            outputs = std::make_unique<LayerOutputs>();
        collect(*object, LayerOutputs::on_tensor, outputs.get());
        object->layers = std::move(outputs);
        return TOKAPU_OK;
    });
}

int32_t tokapu_layers_get(int64_t context, int32_t layer, float * values, int32_t n) {
    return guarded([&] {
        require(values, "values");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        require_range(layer, 0, static_cast<int64_t>(object->model->llama->hparams.n_layer()) - 2, "layer");
        if (object->layers == nullptr) {
            fail(TOKAPU_ERROR_ARGUMENT, "the context does not keep what its layers put out; start that first");
        }
        if (!object->layers->problem.empty()) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "what the layers put out cannot be read: %s", object->layers->problem.c_str());
        }
        const auto found = object->layers->layers.find(layer);
        const auto size  = found == object->layers->layers.end() ? size_t{ 0 } : found->second.size();
        if (n < 1 || size != static_cast<size_t>(n)) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "layer %d put out %zu numbers, not %d: the batch was not one micro-batch, or llama.cpp "
                 "does not name what the layers of this architecture put out", layer, size, n);
        }
        std::copy(found->second.begin(), found->second.end(), values);
        return TOKAPU_OK;
    });
}

}  // extern "C"
