#include "ampere.cuh"

namespace tokapu::cuda::ampere {

bool f16_to_f16(int tile, const Product & product, int, cudaStream_t stream) {
    return launch<cutlass::half_t, cutlass::half_t>(tile, product, stream);
}

}  // namespace tokapu::cuda::ampere
