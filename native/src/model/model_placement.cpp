// The options of loading a model that say which devices hold what.
#include "core/arguments.h"
#include "model/model_options.h"

#include <algorithm>

namespace tokapu {

namespace {

std::vector<ggml_backend_dev_t> gpus_of(const ModelLoad & load) {
    return load.placement == nullptr || load.placement->automatic ? all_gpus() : load.placement->devices;
}

// With split mode none llama.cpp uses one device of several.
void check_main_gpu(const ModelLoad & load) {
    const std::vector<ggml_backend_dev_t> gpus = gpus_of(load);
    if (load.params.split_mode == LLAMA_SPLIT_MODE_NONE && !gpus.empty()) {
        require_range(load.params.main_gpu, 0, static_cast<int64_t>(gpus.size()) - 1, "main_gpu");
    }
}

void check_split_mode(const ModelLoad & load) {
    if (load.params.split_mode == LLAMA_SPLIT_MODE_TENSOR && gpus_of(load).empty()) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "split mode tensor needs at least one GPU; there is none");
    }
    for (ggml_backend_dev_t device : gpus_of(load)) {
        ggml_backend_reg_t backend = ggml_backend_dev_backend_reg(device);
        if (load.params.split_mode == LLAMA_SPLIT_MODE_ROW &&
            ggml_backend_reg_get_proc_address(backend, "ggml_backend_split_buffer_type") == nullptr) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "the backend %s cannot split tensors by rows; use split mode layer or tensor",
                 ggml_backend_reg_name(backend));
        }
    }
}

// A tensor in the memory of a device that computes nothing ends in an assert.
void check_pattern_devices(const ModelLoad & load) {
    const std::vector<ggml_backend_dev_t> gpus = gpus_of(load);
    for (ggml_backend_dev_t device : load.placement->pattern_devices) {
        if (ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_CPU) {
            continue;
        }
        const bool single = load.params.split_mode == LLAMA_SPLIT_MODE_NONE;
        if (load.params.split_mode == LLAMA_SPLIT_MODE_TENSOR ||
            (single && device != gpus.at(static_cast<size_t>(load.params.main_gpu)))) {
            fail(TOKAPU_ERROR_ARGUMENT, "a pattern puts tensors on %s; with split mode %s patterns go to the CPU%s",
                 ggml_backend_dev_name(device), single ? "none" : "tensor", single ? " or the main GPU" : " only");
        }
    }
}

// The arrays that llama.cpp reads while it loads.
void fill_arrays(ModelLoad & load) {
    const Placement & placement = *load.placement;
    if (!placement.automatic) {
        load.devices = placement.devices;
        load.devices.push_back(nullptr);
        load.params.devices = load.devices.data();
    }
    if (!placement.tensor_split.empty()) {
        load.tensor_split = placement.tensor_split;
        load.tensor_split.resize(llama_max_devices(), 0.0F);
        load.params.tensor_split = load.tensor_split.data();
    }
    for (size_t i = 0; i < placement.patterns.size(); i++) {
        load.buffer_types.push_back(
            { placement.patterns[i].c_str(), ggml_backend_dev_buffer_type(placement.pattern_devices[i]) });
    }
    if (!load.buffer_types.empty()) {
        load.buffer_types.push_back({ nullptr, nullptr });
        load.params.tensor_buft_overrides = load.buffer_types.data();
    }
}

}  // namespace

void read_placement(ModelLoad & load, const int64_t * options, int64_t placement) {
    require_range(options[TOKAPU_MODEL_I_N_GPU_LAYERS], -1, INT32_MAX, "n_gpu_layers");
    require_range(options[TOKAPU_MODEL_I_SPLIT_MODE], LLAMA_SPLIT_MODE_NONE, LLAMA_SPLIT_MODE_TENSOR, "the split mode");
    require_range(options[TOKAPU_MODEL_I_MAIN_GPU], 0, INT32_MAX, "main_gpu");
    require_flag(options[TOKAPU_MODEL_I_NO_HOST], "no_host");
    require_flag(options[TOKAPU_MODEL_I_NO_ALLOC], "no_alloc");
    load.params.n_gpu_layers = static_cast<int32_t>(options[TOKAPU_MODEL_I_N_GPU_LAYERS]);
    load.params.split_mode   = static_cast<llama_split_mode>(options[TOKAPU_MODEL_I_SPLIT_MODE]);
    load.params.main_gpu     = static_cast<int32_t>(options[TOKAPU_MODEL_I_MAIN_GPU]);
    load.params.no_host      = options[TOKAPU_MODEL_I_NO_HOST] != 0;
    load.params.no_alloc     = options[TOKAPU_MODEL_I_NO_ALLOC] != 0;
    if (load.params.no_alloc) {
        load.params.load_mode = LLAMA_LOAD_MODE_NONE;  // nothing is mapped
    }
    if (placement != 0) {
        load.placement = get<Placement>(placement);
    }
    check_main_gpu(load);
    check_split_mode(load);
    if (load.placement != nullptr) {
        check_pattern_devices(load);
        fill_arrays(load);
    }
}

}  // namespace tokapu
