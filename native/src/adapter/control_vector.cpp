// Control vectors: directions that are added to the outputs of layers.
#include "context/context.h"
#include "core/arguments.h"
#include "llama-model.h"  // internal: the number of layers
#include "sampling/device_sampling.h"

#include <shared_mutex>

namespace tokapu {

namespace {

void set_control_vector(Context & context, const float * data, int32_t n, int32_t first_layer, int32_t last_layer) {
    const int32_t n_embd = llama_model_n_embd(context.model->llama);
    if (llama_set_adapter_cvec(context.llama, n == 0 ? nullptr : data, static_cast<size_t>(n), n_embd, first_layer, last_layer) != 0) {
        // What llama.cpp has of it then cannot be used, and would be.
        throw AbortException{ "a control vector could not be set; there may be too little memory" };
    }
    plan_compute(context);
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_context_set_control_vector(int64_t context, const float * data, int32_t n, int32_t first_layer,
                                                     int32_t last_layer) {
    return guarded([&] {
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        const auto      n_layers = static_cast<int32_t>(object->model->llama->hparams.n_layer());
        const int64_t   n_wanted = int64_t(llama_model_n_embd(object->model->llama)) * (n_layers - 1);
        if (n != 0) {
            require_range(n, n_wanted, n_wanted, "n");
            require(data, "data");
            require_range(first_layer, 1, n_layers - 1, "first_layer");
            require_range(last_layer, first_layer, n_layers - 1, "last_layer");
            for (int32_t i = 0; i < n; i++) {
                require_finite(static_cast<double>(data[i]), "a number of the control vector");
            }
        }
        const InAttached inside_attached(*object);  // their graphs are planned, too
        poisoning(*object, [&] { set_control_vector(*object, data, n, first_layer, last_layer); });
        return TOKAPU_OK;
    });
}
