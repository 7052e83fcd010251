#include "ampere.cuh"

namespace tokapu::cuda::ampere {

bool tf32_to_f32(int tile, const Product & product, int, cudaStream_t stream) {
    return launch<float, float>(tile, product, stream);
}

}  // namespace tokapu::cuda::ampere
