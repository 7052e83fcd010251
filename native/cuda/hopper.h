// Matrix products on Hopper (compute capability 9.0): CUTLASS's kernels that load with TMA and multiply with wgmma.
#pragma once

#include "product.h"
#include "tiles.h"

namespace tokapu::cuda::hopper {

// These return false where the kernel could not be launched.
bool bf16_to_f32(int tile, const Product & product, int processors, cudaStream_t stream);
bool f16_to_f16(int tile, const Product & product, int processors, cudaStream_t stream);
bool tf32_to_f32(int tile, const Product & product, int processors, cudaStream_t stream);

}  // namespace tokapu::cuda::hopper
