// The functions of cuBLAS that ggml-cuda calls. They find NVIDIA's library at their first use, not when the module is loaded:
// where it is installed they forward to it, but for products that gemm.h is to take; where it is not they use gemm.h, so that a
// user needs nothing but the driver.
//
// A library that the process has opened already is found by its name, wherever it lies; the Java side opens it before.
#include "gemm.h"

#include <cublas_v2.h>
#include <cuda_fp16.h>
#include <dlfcn.h>

#include <memory>

#define STRINGIFY_(x) #x
#define STRINGIFY(x)  STRINGIFY_(x)

namespace {

using tokapu::cuda::Operand;
using tokapu::cuda::Problem;

// What a handle of ggml-cuda's points to.
struct Handle {
    cublasHandle_t         real = nullptr;  // NVIDIA's, where it is installed
    tokapu::cuda::Settings own;
};

void * library() {
    static void * const handle = dlopen("libcublas.so." STRINGIFY(CUBLAS_VER_MAJOR), RTLD_NOW | RTLD_LOCAL);
    return handle;
}

// The function of the real library, NULL when there is none.
template <class F> F * real(const char * name) {
    return library() == nullptr ? nullptr : reinterpret_cast<F *>(dlsym(library(), name));
}

// Forwards the call that it stands in, where there is something to forward to.
#define FORWARD(name, handle, ...)                                             \
    do {                                                                       \
        static auto * const function = real<decltype(name)>(STRINGIFY(name));  \
        if (function != nullptr) {                                             \
            return function(of(handle).real, __VA_ARGS__);                     \
        }                                                                      \
    } while (0)

Handle & of(cublasHandle_t handle) {
    return *reinterpret_cast<Handle *>(handle);
}

// alpha and beta are of the type that sums are made in.
float scalar(const void * value, cublasComputeType_t type) {
    const bool half = type == CUBLAS_COMPUTE_16F || type == CUBLAS_COMPUTE_16F_PEDANTIC;
    return half ? __half2float(*static_cast<const __half *>(value)) : *static_cast<const float *>(value);
}

bool supported(cublasComputeType_t type) {
    return type == CUBLAS_COMPUTE_16F || type == CUBLAS_COMPUTE_16F_PEDANTIC || type == CUBLAS_COMPUTE_32F ||
           type == CUBLAS_COMPUTE_32F_PEDANTIC || type == CUBLAS_COMPUTE_32F_FAST_16F ||
           type == CUBLAS_COMPUTE_32F_FAST_16BF || type == CUBLAS_COMPUTE_32F_FAST_TF32;
}

Operand strided(const void * base, cudaDataType type, int64_t ld, int64_t stride, cublasOperation_t operation = CUBLAS_OP_N) {
    return { base, nullptr, stride, ld, type, operation != CUBLAS_OP_N };
}

Operand pointed(const void * const * pointers, cudaDataType type, int64_t ld, cublasOperation_t operation = CUBLAS_OP_N) {
    return { nullptr, pointers, 0, ld, type, operation != CUBLAS_OP_N };
}

Problem problem(int m, int n, int k, const void * alpha, const Operand & a, const Operand & b, const void * beta, const Operand & c,
                int batch, cublasComputeType_t type) {
    return { m, n, k, batch, scalar(alpha, type), scalar(beta, type), a, b, c };
}

cublasStatus_t multiply(cublasHandle_t handle, const Problem & problem, cublasComputeType_t type) {
    if (!supported(type) || !tokapu::cuda::gemm(of(handle).own, problem)) {
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    return cudaPeekAtLastError() == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

}  // namespace

extern "C" {

cublasStatus_t cublasCreate_v2(cublasHandle_t * handle) {
    auto created = std::make_unique<Handle>();
    static auto * const function = real<decltype(cublasCreate_v2)>("cublasCreate_v2");
    const cublasStatus_t status = function == nullptr ? CUBLAS_STATUS_SUCCESS : function(&created->real);
    if (status == CUBLAS_STATUS_SUCCESS) {
        *handle = reinterpret_cast<cublasHandle_t>(created.release());
    }
    return status;
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
    const std::unique_ptr<Handle> destroyed(&of(handle));
    static auto * const function = real<decltype(cublasDestroy_v2)>("cublasDestroy_v2");
    return function == nullptr ? CUBLAS_STATUS_SUCCESS : function(destroyed->real);
}

cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
    of(handle).own.stream = stream;
    FORWARD(cublasSetStream_v2, handle, stream);
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void * workspace, size_t size) {
    of(handle).own.workspace      = workspace;
    of(handle).own.workspace_size = size;
    FORWARD(cublasSetWorkspace_v2, handle, workspace, size);
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
    of(handle).own.tf32 = (mode & 0xf) == CUBLAS_TF32_TENSOR_OP_MATH;  // above these bits are flags
    FORWARD(cublasSetMathMode, handle, mode);
    return CUBLAS_STATUS_SUCCESS;
}

const char * cublasGetStatusString(cublasStatus_t status) {
    static auto * const function = real<decltype(cublasGetStatusString)>("cublasGetStatusString");
    if (function != nullptr) {
        return function(status);
    }
    switch (status) {
        case CUBLAS_STATUS_SUCCESS:
            return "success";
        case CUBLAS_STATUS_NOT_SUPPORTED:
            return "this operation needs NVIDIA's cuBLAS (libcublas.so." STRINGIFY(CUBLAS_VER_MAJOR) "), which was not found";
        default:
            return "a kernel could not be launched";
    }
}

cublasStatus_t cublasSgemm_v2(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k, const float * alpha,
                              const float * a, int lda, const float * b, int ldb, const float * beta, float * c, int ldc) {
    FORWARD(cublasSgemm_v2, handle, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return multiply(handle, problem(m, n, k, alpha, strided(a, CUDA_R_32F, lda, 0, ta), strided(b, CUDA_R_32F, ldb, 0, tb), beta,
                                    strided(c, CUDA_R_32F, ldc, 0), 1, CUBLAS_COMPUTE_32F), CUBLAS_COMPUTE_32F);
}

cublasStatus_t cublasSgemmBatched(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k,
                                  const float * alpha, const float * const a[], int lda, const float * const b[], int ldb,
                                  const float * beta, float * const c[], int ldc, int batch) {
    FORWARD(cublasSgemmBatched, handle, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, batch);
    return multiply(handle, problem(m, n, k, alpha, pointed(reinterpret_cast<const void * const *>(a), CUDA_R_32F, lda, ta),
                                    pointed(reinterpret_cast<const void * const *>(b), CUDA_R_32F, ldb, tb), beta,
                                    pointed(reinterpret_cast<const void * const *>(c), CUDA_R_32F, ldc), batch, CUBLAS_COMPUTE_32F),
                    CUBLAS_COMPUTE_32F);
}

cublasStatus_t cublasSgemmStridedBatched(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k,
                                         const float * alpha, const float * a, int lda, long long stride_a, const float * b, int ldb,
                                         long long stride_b, const float * beta, float * c, int ldc, long long stride_c, int batch) {
    FORWARD(cublasSgemmStridedBatched, handle, ta, tb, m, n, k, alpha, a, lda, stride_a, b, ldb, stride_b, beta, c, ldc, stride_c, batch);
    return multiply(handle, problem(m, n, k, alpha, strided(a, CUDA_R_32F, lda, stride_a, ta), strided(b, CUDA_R_32F, ldb, stride_b, tb),
                                    beta, strided(c, CUDA_R_32F, ldc, stride_c), batch, CUBLAS_COMPUTE_32F), CUBLAS_COMPUTE_32F);
}

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k, const void * alpha,
                            const void * a, cudaDataType type_a, int lda, const void * b, cudaDataType type_b, int ldb, const void * beta,
                            void * c, cudaDataType type_c, int ldc, cublasComputeType_t type, cublasGemmAlgo_t algorithm) {
    using Function = cublasStatus_t(cublasHandle_t, cublasOperation_t, cublasOperation_t, int, int, int, const void *, const void *,
                                    cudaDataType, int, const void *, cudaDataType, int, const void *, void *, cudaDataType, int,
                                    cublasComputeType_t, cublasGemmAlgo_t);
    static Function * const function = real<Function>("cublasGemmEx");
    const Problem problem = ::problem(m, n, k, alpha, strided(a, type_a, lda, 0, ta), strided(b, type_b, ldb, 0, tb), beta,
                                      strided(c, type_c, ldc, 0), 1, type);
    if (function != nullptr && !tokapu::cuda::gemm_instead_of_cublas(of(handle).own, problem)) {
        return function(of(handle).real, ta, tb, m, n, k, alpha, a, type_a, lda, b, type_b, ldb, beta, c, type_c, ldc, type, algorithm);
    }
    return function != nullptr ? CUBLAS_STATUS_SUCCESS : multiply(handle, problem, type);
}

cublasStatus_t cublasGemmBatchedEx(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k,
                                   const void * alpha, const void * const a[], cudaDataType type_a, int lda, const void * const b[],
                                   cudaDataType type_b, int ldb, const void * beta, void * const c[], cudaDataType type_c, int ldc,
                                   int batch, cublasComputeType_t type, cublasGemmAlgo_t algorithm) {
    using Function = cublasStatus_t(cublasHandle_t, cublasOperation_t, cublasOperation_t, int, int, int, const void *,
                                    const void * const *, cudaDataType, int, const void * const *, cudaDataType, int, const void *,
                                    void * const *, cudaDataType, int, int, cublasComputeType_t, cublasGemmAlgo_t);
    static Function * const function = real<Function>("cublasGemmBatchedEx");
    if (function != nullptr) {
        return function(of(handle).real, ta, tb, m, n, k, alpha, a, type_a, lda, b, type_b, ldb, beta, c, type_c, ldc, batch, type,
                        algorithm);
    }
    return multiply(handle, problem(m, n, k, alpha, pointed(a, type_a, lda, ta), pointed(b, type_b, ldb, tb), beta,
                                    pointed(c, type_c, ldc), batch, type), type);
}

cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k,
                                          const void * alpha, const void * a, cudaDataType type_a, int lda, long long stride_a,
                                          const void * b, cudaDataType type_b, int ldb, long long stride_b, const void * beta, void * c,
                                          cudaDataType type_c, int ldc, long long stride_c, int batch, cublasComputeType_t type,
                                          cublasGemmAlgo_t algorithm) {
    using Function = cublasStatus_t(cublasHandle_t, cublasOperation_t, cublasOperation_t, int, int, int, const void *, const void *,
                                    cudaDataType, int, long long, const void *, cudaDataType, int, long long, const void *, void *,
                                    cudaDataType, int, long long, int, cublasComputeType_t, cublasGemmAlgo_t);
    static Function * const function = real<Function>("cublasGemmStridedBatchedEx");
    const Problem problem = ::problem(m, n, k, alpha, strided(a, type_a, lda, stride_a, ta), strided(b, type_b, ldb, stride_b, tb), beta,
                                      strided(c, type_c, ldc, stride_c), batch, type);
    if (function != nullptr && !tokapu::cuda::gemm_instead_of_cublas(of(handle).own, problem)) {
        return function(of(handle).real, ta, tb, m, n, k, alpha, a, type_a, lda, stride_a, b, type_b, ldb, stride_b, beta, c, type_c,
                        ldc, stride_c, batch, type, algorithm);
    }
    return function != nullptr ? CUBLAS_STATUS_SUCCESS : multiply(handle, problem, type);
}

cublasStatus_t cublasStrsmBatched(cublasHandle_t handle, cublasSideMode_t side, cublasFillMode_t fill, cublasOperation_t operation,
                                  cublasDiagType_t diagonal, int m, int n, const float * alpha, const float * const a[], int lda,
                                  float * const b[], int ldb, int batch) {
    FORWARD(cublasStrsmBatched, handle, side, fill, operation, diagonal, m, n, alpha, a, lda, b, ldb, batch);
    if (side != CUBLAS_SIDE_RIGHT || fill != CUBLAS_FILL_MODE_UPPER || operation != CUBLAS_OP_N || diagonal != CUBLAS_DIAG_NON_UNIT) {
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    tokapu::cuda::solve_right_upper(of(handle).own.stream, m, n, *alpha, a, lda, b, ldb, batch);
    return cudaPeekAtLastError() == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

}  // extern "C"
