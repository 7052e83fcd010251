// CUTLASS's kernels that this module was compiled with, for one pair of types and one generation of GPUs.
#pragma once

#include "gemm.h"
#include "plan.h"
#include "product.h"

namespace tokapu::cuda {

struct Kernels {
    using Launch = bool (*)(int tile, const Product & product, int processors, cudaStream_t stream);

    Launch             launch     = nullptr;  // NULL when there are none
    const Generation * generation = nullptr;
    cudaDataType       result     = CUDA_R_32F;
};

// For factors of this type on GPUs of this compute capability (its major number): BF16 and F32, which is rounded to TF32, give F32, F16
// gives F16.
Kernels kernels_for(int major, cudaDataType type);

// The product by a plan. False where a kernel could not be launched.
bool multiply(const Kernels & kernels, const Plan & plan, const Product & product, const Settings & settings, int processors);

}  // namespace tokapu::cuda
