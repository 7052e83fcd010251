// Devices by number, as tokapu.h counts them.
#pragma once

#include "ggml-backend.h"

#include <cstdint>

namespace tokapu {

// The device, or a Failure with TOKAPU_ERROR_ARGUMENT.
ggml_backend_dev_t device_at(int32_t device, const char * name);

// The number of a device, -1 for one that is not in the list.
int32_t device_number(ggml_backend_dev_t device);

// GPUs, with memory of their own or not.
bool is_gpu(ggml_backend_dev_t device);

// The CPU; fails when no backend is loaded.
ggml_backend_dev_t cpu_device();

}  // namespace tokapu
