#include "hopper.cuh"

namespace tokapu::cuda::hopper {

bool bf16_to_f32(int tile, const Product & product, int processors, cudaStream_t stream) {
    return launch<cutlass::bfloat16_t, float>(tile, product, processors, stream);
}

}  // namespace tokapu::cuda::hopper
