// What the kernels of CUTLASS multiply, the same for all generations of GPUs.
#pragma once

#include <cuda_runtime_api.h>
#include <library_types.h>

#include <cstdint>

namespace tokapu::cuda {

// C = alpha * A^T * B for each matrix of the batch; strides in elements. Rows of k elements of A and columns of B and C are contiguous.
// Addresses, ld and strides are multiples of 16 bytes.
struct Product {
    int          m, n, k, batch;
    float        alpha;
    const void * a;
    int64_t      lda, stride_a;
    const void * b;
    int64_t      ldb, stride_b;
    void *       c;
    int64_t      ldc, stride_c;
};

// C = the sum of `count` matrices m x n, one after the other with an ld that is a multiple of 16 bytes.
bool add_parts(const void * parts, int64_t ld, int count, const Product & product, cudaDataType type, cudaStream_t stream);

}  // namespace tokapu::cuda
