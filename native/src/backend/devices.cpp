// The devices of the loaded backends: what they are, and whether they compute.
#include "backend/devices.h"

#include "backend/backend.h"
#include "backend/cuda_driver.h"
#include "backend/numa.h"
#include "core/arguments.h"
#include "ggml.h"

#include <cmath>
#include <vector>

namespace tokapu {

namespace {

// Questions to a broken driver end in aborts, which are no fault of any object.
template <class F> auto asking(const char * name, F && body) {
    try {
        return std::forward<F>(body)();
    } catch (const AbortException & e) {
        fail(TOKAPU_ERROR_BACKEND, "the device %s does not work: %s", name, e.message.c_str());
    }
}

const char * backend_name(ggml_backend_dev_t device) {
    ggml_backend_reg_t backend = ggml_backend_dev_backend_reg(device);
    return backend == nullptr ? "" : ggml_backend_reg_name(backend);
}

std::string device_id(ggml_backend_dev_t device) {
    ggml_backend_dev_props props = {};
    ggml_backend_dev_get_props(device, &props);
    return props.device_id == nullptr ? "" : props.device_id;
}

int64_t compute_capability(ggml_backend_dev_t device) {
    return std::string(backend_name(device)) == "CUDA" ? cuda_compute_capability(device_id(device)) : 0;
}

constexpr int64_t WIDTH = 32;

float left(int64_t row, int64_t k) {
    return static_cast<float>((row * 7 + k * 3) % 5 - 2);
}

float right(int64_t k) {
    return static_cast<float>(k * 11 % 7 - 3);
}

// Two products of small integers, exact in every number format: f32 by f32 and f16 by f32.
class Probe {
  public:
    explicit Probe(ggml_backend_dev_t device) : name(ggml_backend_dev_name(device)) {
        const ggml_init_params params = { 16 * ggml_tensor_overhead() + ggml_graph_overhead(), nullptr, true };
        backend                       = ggml_backend_dev_init(device, nullptr);
        ggml                          = ggml_init(params);
    }

    // After an abort nothing may be freed: destructors of a backend that cannot reach its device end the process.
    void release() {
        ggml_backend_buffer_free(buffer);
        ggml_free(ggml);
        if (backend != nullptr) {
            ggml_backend_free(backend);
        }
    }

    std::string run() {
        if (backend == nullptr || ggml == nullptr) {
            return "it cannot be started";
        }
        ggml_tensor * a    = ggml_new_tensor_2d(ggml, GGML_TYPE_F32, WIDTH, WIDTH);
        ggml_tensor * half = ggml_new_tensor_2d(ggml, GGML_TYPE_F16, WIDTH, WIDTH);
        // A vector, not a matrix: for that CUDA would start cuBLAS.
        ggml_tensor * b    = ggml_new_tensor_1d(ggml, GGML_TYPE_F32, WIDTH);
        ggml_tensor * full_product = ggml_mul_mat(ggml, a, b);
        ggml_tensor * half_product = ggml_mul_mat(ggml, half, b);
        buffer                     = ggml_backend_alloc_ctx_tensors(ggml, backend);
        if (buffer == nullptr) {
            return "it has no memory left";
        }
        fill(a, half, b);
        ggml_cgraph * graph = ggml_new_graph(ggml);
        ggml_build_forward_expand(graph, full_product);
        ggml_build_forward_expand(graph, half_product);
        const KeptProcessors keep;
        const ggml_status    status = ggml_backend_graph_compute(backend, graph);
        if (status != GGML_STATUS_SUCCESS) {
            return "a small computation ended with status " + std::to_string(status);
        }
        return right_answer(full_product) && right_answer(half_product) ? "" : "it computes wrong numbers";
    }

    const char * name;

  private:
    static void fill(ggml_tensor * a, ggml_tensor * half, ggml_tensor * b) {
        std::vector<float>       a_values;
        std::vector<ggml_fp16_t> half_values;
        std::vector<float>       b_values;
        for (int64_t row = 0; row < WIDTH; row++) {
            for (int64_t k = 0; k < WIDTH; k++) {
                a_values.push_back(left(row, k));
                half_values.push_back(ggml_fp32_to_fp16(left(row, k)));
            }
            b_values.push_back(right(row));
        }
        ggml_backend_tensor_set(a, a_values.data(), 0, ggml_nbytes(a));
        ggml_backend_tensor_set(half, half_values.data(), 0, ggml_nbytes(half));
        ggml_backend_tensor_set(b, b_values.data(), 0, ggml_nbytes(b));
    }

    static bool right_answer(const ggml_tensor * product) {
        std::vector<float> values(WIDTH, NAN);
        ggml_backend_tensor_get(product, values.data(), 0, ggml_nbytes(product));
        for (int64_t row = 0; row < WIDTH; row++) {
            float sum = 0;
            for (int64_t k = 0; k < WIDTH; k++) {
                sum += left(row, k) * right(k);
            }
            if (!(std::fabs(values[static_cast<size_t>(row)] - sum) < 0.01F)) {
                return false;
            }
        }
        return true;
    }

    ggml_backend_t        backend = nullptr;
    ggml_context *        ggml    = nullptr;
    ggml_backend_buffer_t buffer  = nullptr;
};

void check(ggml_backend_dev_t device) {
    asking(ggml_backend_dev_name(device), [&] {
        Probe             probe(device);
        const std::string wrong = probe.run();
        probe.release();
        if (!wrong.empty()) {
            fail(TOKAPU_ERROR_BACKEND, "the device %s does not work: %s", probe.name, wrong.c_str());
        }
    });
}

std::string text(ggml_backend_dev_t device, int32_t key) {
    switch (key) {
        case TOKAPU_DEVICE_TEXT_NAME:
            return ggml_backend_dev_name(device);
        case TOKAPU_DEVICE_TEXT_DESCRIPTION:
            return ggml_backend_dev_description(device);
        case TOKAPU_DEVICE_TEXT_BACKEND:
            return backend_name(device);
        case TOKAPU_DEVICE_TEXT_ID:
            return device_id(device);
        default:
            fail(TOKAPU_ERROR_ARGUMENT, "key is %d; it must be 0 to %d", key, TOKAPU_DEVICE_TEXT_ID);
    }
}

}  // namespace

ggml_backend_dev_t device_at(int32_t device, const char * name) {
    const RegistryReader reading;
    const auto           n = static_cast<int32_t>(ggml_backend_dev_count());
    if (device < 0 || device >= n) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s is %d; there are %d devices, numbered from 0", name, device, n);
    }
    return ggml_backend_dev_get(static_cast<size_t>(device));
}

int32_t device_number(ggml_backend_dev_t device) {
    const RegistryReader reading;
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        if (ggml_backend_dev_get(i) == device) {
            return static_cast<int32_t>(i);
        }
    }
    return -1;
}

bool is_gpu(ggml_backend_dev_t device) {
    const int type = ggml_backend_dev_type(device);
    return type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU;
}

ggml_backend_dev_t cpu_device() {
    const RegistryReader reading;
    ggml_backend_dev_t   device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    if (device == nullptr) {
        fail(TOKAPU_ERROR_BACKEND, "no CPU backend is loaded; call tokapu_backend_init() first");
    }
    return device;
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_device_count(int32_t * n) {
    return guarded([&] {
        require(n, "n");
        const RegistryReader reading;
        *n = static_cast<int32_t>(ggml_backend_dev_count());
        return TOKAPU_OK;
    });
}

int32_t tokapu_device_info(int32_t device, int64_t * info, int32_t n_info) {
    return guarded([&] {
        require(info, "info");
        require_range(n_info, TOKAPU_DEVICE_INFO_COUNT, TOKAPU_DEVICE_INFO_COUNT, "n_info");
        ggml_backend_dev_t object = device_at(device, "device");
        asking(ggml_backend_dev_name(object), [&] {
            size_t free  = 0;
            size_t total = 0;
            ggml_backend_dev_memory(object, &free, &total);
            info[TOKAPU_DEVICE_INFO_TYPE]               = ggml_backend_dev_type(object);
            info[TOKAPU_DEVICE_INFO_MEMORY_FREE]        = static_cast<int64_t>(free);
            info[TOKAPU_DEVICE_INFO_MEMORY_TOTAL]       = static_cast<int64_t>(total);
            info[TOKAPU_DEVICE_INFO_COMPUTE_CAPABILITY] = compute_capability(object);
        });
        return TOKAPU_OK;
    });
}

int32_t tokapu_device_text(int32_t device, int32_t key, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        ggml_backend_dev_t object = device_at(device, "device");
        const std::string  value  = asking(ggml_backend_dev_name(object), [&] { return text(object, key); });
        return text_out(value, buf, capacity, length);
    });
}

int32_t tokapu_device_check(int32_t device) {
    return guarded([&] {
        check(device_at(device, "device"));
        return TOKAPU_OK;
    });
}

}  // extern "C"
