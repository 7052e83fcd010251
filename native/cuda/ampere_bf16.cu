#include "ampere.cuh"

namespace tokapu::cuda::ampere {

bool bf16_to_f32(int tile, const Product & product, int, cudaStream_t stream) {
    return launch<cutlass::bfloat16_t, float>(tile, product, stream);
}

}  // namespace tokapu::cuda::ampere
