// Matrix products for GPUs where NVIDIA's cuBLAS is not installed: what ggml-cuda asks of it, and nothing more.
#pragma once

#include <cuda_runtime_api.h>
#include <library_types.h>

#include <cstdint>

namespace tokapu::cuda {

// One operand of a batch: matrices at base + i * stride, or, where pointers is set, at pointers[i] (device memory).
struct Operand {
    const void *         base     = nullptr;
    const void * const * pointers = nullptr;
    int64_t              stride   = 0;  // elements
    int64_t              ld       = 0;  // elements between columns
    cudaDataType         type     = CUDA_R_32F;
    bool                 transposed = false;
};

// C = alpha * op(A) * op(B) + beta * C for each matrix of the batch, column-major as in BLAS: op(A) is m x k, op(B) k x n. A and B
// are of one type, F32, F16 or BF16; C of any of these. Sums are made in F32. False when a type is not one of those.
bool gemm(cudaStream_t stream, int64_t m, int64_t n, int64_t k, float alpha, const Operand & a, const Operand & b,
          float beta, const Operand & c, int64_t batch);

// Solves X * A = alpha * B for each matrix of the batch, A upper triangular n x n; X (m x n) replaces B.
void solve_right_upper(cudaStream_t stream, int64_t m, int64_t n, float alpha, const float * const * a, int64_t lda,
                       float * const * b, int64_t ldb, int64_t batch);

}  // namespace tokapu::cuda
