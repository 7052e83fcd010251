// Matrix products on Ampere, Ada and Blackwell (compute capability 8.0 and newer): CUTLASS's kernels that load with cp.async and multiply
// with mma.sync.
#pragma once

#include "product.h"
#include "tiles.h"

namespace tokapu::cuda::ampere {

// These return false where the kernel could not be launched. The number of processors does not matter: a block computes one tile.
bool bf16_to_f32(int tile, const Product & product, int processors, cudaStream_t stream);
bool f16_to_f16(int tile, const Product & product, int processors, cudaStream_t stream);
bool tf32_to_f32(int tile, const Product & product, int processors, cudaStream_t stream);

}  // namespace tokapu::cuda::ampere
