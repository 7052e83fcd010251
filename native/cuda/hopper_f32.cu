#include "hopper.cuh"

namespace tokapu::cuda::hopper {

bool tf32_to_f32(int tile, const Product & product, int processors, cudaStream_t stream) {
    return launch<float, float>(tile, product, processors, stream);
}

}  // namespace tokapu::cuda::hopper
