#include "hopper.cuh"

namespace tokapu::cuda::hopper {

bool f16_to_f16(int tile, const Product & product, int processors, cudaStream_t stream) {
    return launch<cutlass::half_t, cutlass::half_t>(tile, product, processors, stream);
}

}  // namespace tokapu::cuda::hopper
