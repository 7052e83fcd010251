// The second half of a product that was divided along k.
#include "product.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace tokapu::cuda {

namespace {

constexpr int THREADS = 128;

template <class T> __device__ float to_float(T value) { return static_cast<float>(value); }

// A thread adds 16 bytes of a column of each part.
template <class T>
__global__ void __launch_bounds__(THREADS) add(const T * parts, int64_t ld, int count, int m, int64_t stride, T * c, int64_t ldc) {
    constexpr int WIDTH = 16 / sizeof(T);
    const int64_t row = (static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x) * WIDTH, column = blockIdx.y;
    if (row >= m) {
        return;
    }
    float sums[WIDTH] = {};
    for (int part = 0; part < count; part++) {
        __align__(16) T values[WIDTH];
        *reinterpret_cast<uint4 *>(values) = *reinterpret_cast<const uint4 *>(parts + part * stride + column * ld + row);
        for (int i = 0; i < WIDTH; i++) {
            sums[i] += to_float(values[i]);
        }
    }
    for (int i = 0; i < WIDTH && row + i < m; i++) {
        c[column * ldc + row + i] = static_cast<T>(sums[i]);
    }
}

template <class T> void launch(const void * parts, int64_t ld, int count, const Product & p, cudaStream_t stream) {
    const unsigned blocks = (p.m + 16 / sizeof(T) * THREADS - 1) / (16 / sizeof(T) * THREADS);
    add<T><<<dim3(blocks, p.n), THREADS, 0, stream>>>(static_cast<const T *>(parts), ld, count, p.m, ld * p.n, static_cast<T *>(p.c), p.ldc);
}

}  // namespace

bool add_parts(const void * parts, int64_t ld, int count, const Product & product, cudaDataType type, cudaStream_t stream) {
    if (type == CUDA_R_16F) {
        launch<__half>(parts, ld, count, product, stream);
    } else {
        launch<float>(parts, ld, count, product, stream);
    }
    return cudaPeekAtLastError() == cudaSuccess;
}

}  // namespace tokapu::cuda
