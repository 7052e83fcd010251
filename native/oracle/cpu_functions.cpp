// What llama-cvector-generator calls of a CPU backend that is linked to it, by way of one that is loaded at run time.
#include "ggml-backend.h"
#include "ggml-cpu.h"

#include <cstdlib>

namespace {

float * element(const ggml_tensor * tensor, int i0, int i1) {
    char * row = static_cast<char *>(tensor->data) + static_cast<size_t>(i1) * tensor->nb[1];
    return reinterpret_cast<float *>(row) + i0;
}

}  // namespace

extern "C" {

// The tool's tensors are contiguous matrices of 32-bit numbers.
float ggml_get_f32_1d(const ggml_tensor * tensor, int i) {
    return static_cast<const float *>(tensor->data)[i];
}

void ggml_set_f32_1d(const ggml_tensor * tensor, int i, float value) {
    static_cast<float *>(tensor->data)[i] = value;
}

float ggml_get_f32_nd(const ggml_tensor * tensor, int i0, int i1, int, int) {
    return *element(tensor, i0, i1);
}

void ggml_set_f32_nd(const ggml_tensor * tensor, int i0, int i1, int, int, float value) {
    *element(tensor, i0, i1) = value;
}

ggml_backend_t ggml_backend_cpu_init(void) {
    return ggml_backend_init_by_type(GGML_BACKEND_DEVICE_TYPE_CPU, nullptr);
}

bool ggml_backend_is_cpu(ggml_backend_t backend) {
    return ggml_backend_dev_type(ggml_backend_get_device(backend)) == GGML_BACKEND_DEVICE_TYPE_CPU;
}

void ggml_backend_cpu_set_n_threads(ggml_backend_t backend, int n_threads) {
    const auto registry = ggml_backend_dev_backend_reg(ggml_backend_get_device(backend));
    const auto set = reinterpret_cast<ggml_backend_set_n_threads_t>(
        ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_n_threads"));
    if (set == nullptr) {
        std::abort();
    }
    set(backend, n_threads);
}

}  // extern "C"
