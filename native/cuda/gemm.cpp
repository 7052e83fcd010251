// Chooses the kernels of a product: CUTLASS's for what models ask for, the general ones for the rest.
#include "gemm.h"

#include "general.h"
#include "kernels.h"

namespace tokapu::cuda {

namespace {

constexpr int64_t MAX_SIZE = INT32_MAX;
constexpr int     HOPPER   = 9;
constexpr int     VECTOR   = 16;  // bytes: what CUTLASS's kernels load at a time begins at a multiple of it

int attribute(cudaDeviceAttr name) {
    int device = 0, value = 0;
    cudaGetDevice(&device);
    cudaDeviceGetAttribute(&value, name, device);
    return value;
}

int compute_capability_major() {
    return attribute(cudaDevAttrComputeCapabilityMajor);
}

int size_of(cudaDataType type) {
    return type == CUDA_R_32F ? 4 : 2;
}

bool aligned(const Operand & x, int64_t batch) {
    return x.pointers == nullptr && reinterpret_cast<uintptr_t>(x.base) % VECTOR == 0 && x.ld * size_of(x.type) % VECTOR == 0 &&
           (batch == 1 || (x.stride > 0 && x.stride * size_of(x.type) % VECTOR == 0));
}

// Weights times activations as ggml stores them: rows of A and columns of B contiguous.
bool is_of_model(const Problem & p) {
    const auto is_size = [](int64_t size) { return size > 0 && size <= MAX_SIZE; };
    return is_size(p.m) && is_size(p.n) && is_size(p.k) && is_size(p.batch) && p.a.transposed && !p.b.transposed && p.beta == 0.0f &&
           aligned(p.a, p.batch) && aligned(p.b, p.batch) && aligned(p.c, p.batch);
}

bool gemm_of_model(const Settings & settings, const Problem & p) {
    if ((p.a.type == CUDA_R_32F && !settings.tf32) || !is_of_model(p)) {
        return false;
    }
    const Kernels kernels = kernels_for(compute_capability_major(), p.a.type);
    if (kernels.launch == nullptr || kernels.result != p.c.type) {
        return false;
    }
    const int     processors = attribute(cudaDevAttrMultiProcessorCount);
    const Size    size       = { p.m, p.n, p.k, p.batch, size_of(p.a.type), size_of(p.c.type) };
    const Product product = { static_cast<int>(p.m), static_cast<int>(p.n), static_cast<int>(p.k), static_cast<int>(p.batch), p.alpha,
                              p.a.base, p.a.ld, p.a.stride, p.b.base, p.b.ld, p.b.stride, const_cast<void *>(p.c.base), p.c.ld, p.c.stride };
    const Plan    plan       = tokapu::cuda::plan(*kernels.generation, size, processors, settings.workspace_size);
    const bool    launched   = multiply(kernels, plan, product, settings, processors);
    if (!launched) {
        cudaGetLastError();  // what takes its place begins without
    }
    return launched;
}

}  // namespace

bool gemm(const Settings & settings, const Problem & problem) {
    if (problem.a.type != problem.b.type) {
        return false;
    }
    if (problem.m <= 0 || problem.n <= 0 || problem.batch <= 0) {
        return true;
    }
    cudaGetLastError();  // of something before, which would be taken for this product's
    return gemm_of_model(settings, problem) || general_gemm(settings.stream, problem);
}

// F16 on Hopper: a kernel of cuBLAS 13.0 waits for ever for its operands in CUDA graphs that ggml updates, and Hopper's kernels of CUTLASS
// are a tenth faster (docs/decisions.md, 'Products are cuBLAS's, or CUTLASS's').
bool gemm_instead_of_cublas(const Settings & settings, const Problem & problem) {
    if (problem.a.type != CUDA_R_16F || problem.b.type != CUDA_R_16F || compute_capability_major() != HOPPER) {
        return false;
    }
    cudaGetLastError();
    return gemm_of_model(settings, problem);
}

}  // namespace tokapu::cuda
