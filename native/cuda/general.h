#pragma once

#include "gemm.h"

namespace tokapu::cuda {

// False when a type is not F32, F16 or BF16.
bool general_gemm(cudaStream_t stream, const Problem & problem);

}  // namespace tokapu::cuda
