// Matrix products in place of NVIDIA's cuBLAS, mostly where it is not installed: what ggml-cuda asks of it, and nothing more.
#pragma once

#include <cuda_runtime_api.h>
#include <library_types.h>

#include <cstddef>
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
// are of one type, F32, F16 or BF16; C of any of these. Sums are made in F32.
struct Problem {
    int64_t m, n, k, batch;
    float   alpha, beta;
    Operand a, b, c;
};

// What belongs to a handle of cuBLAS.
struct Settings {
    cudaStream_t stream         = nullptr;
    void *       workspace      = nullptr;  // device memory for products that are divided along k
    size_t       workspace_size = 0;
    bool         tf32           = false;    // factors of F32 may be rounded to TF32
};

// False when a type is not one of those.
bool gemm(const Settings & settings, const Problem & problem);

// Does what gemm does where that is better than cuBLAS; false where the product is cuBLAS's, also since a kernel could not be launched.
bool gemm_instead_of_cublas(const Settings & settings, const Problem & problem);

// Solves X * A = alpha * B for each matrix of the batch, A upper triangular n x n; X (m x n) replaces B.
void solve_right_upper(cudaStream_t stream, int64_t m, int64_t n, float alpha, const float * const * a, int64_t lda,
                       float * const * b, int64_t ldb, int64_t batch);

}  // namespace tokapu::cuda
