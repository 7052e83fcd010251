// Chooses the kernels of a product: CUTLASS's for what models ask for, the general ones for the rest.
#include "gemm.h"

#include "general.h"
#include "kernels.h"

namespace tokapu::cuda {

namespace {

constexpr int64_t MAX_SIZE = INT32_MAX;
constexpr int     VECTOR   = 16;  // bytes: what CUTLASS's kernels load at a time begins at a multiple of it

int attribute(cudaDeviceAttr name) {
    int device = 0, value = 0;
    cudaGetDevice(&device);
    cudaDeviceGetAttribute(&value, name, device);
    return value;
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
    const bool sizes = p.k > 0 && p.m <= MAX_SIZE && p.n <= MAX_SIZE && p.k <= MAX_SIZE && p.batch <= MAX_SIZE;
    return sizes && p.a.transposed && !p.b.transposed && p.beta == 0.0f && aligned(p.a, p.batch) && aligned(p.b, p.batch) &&
           aligned(p.c, p.batch);
}

bool gemm_of_model(const Settings & settings, const Problem & p) {
    if ((p.a.type == CUDA_R_32F && !settings.tf32) || !is_of_model(p)) {
        return false;
    }
    const Kernels kernels = kernels_for(attribute(cudaDevAttrComputeCapabilityMajor), p.a.type);
    if (kernels.launch == nullptr || kernels.result != p.c.type) {
        return false;
    }
    const int     processors = attribute(cudaDevAttrMultiProcessorCount);
    const Size    size       = { p.m, p.n, p.k, p.batch, size_of(p.a.type), size_of(p.c.type) };
    const Product product = { static_cast<int>(p.m), static_cast<int>(p.n), static_cast<int>(p.k), static_cast<int>(p.batch), p.alpha,
                              p.a.base, p.a.ld, p.a.stride, p.b.base, p.b.ld, p.b.stride, const_cast<void *>(p.c.base), p.c.ld, p.c.stride };
    return multiply(kernels, plan(*kernels.generation, size, processors, settings.workspace_size), product, settings, processors);
}

}  // namespace

bool gemm(const Settings & settings, const Problem & problem) {
    if (problem.a.type != problem.b.type) {
        return false;
    }
    if (problem.m <= 0 || problem.n <= 0 || problem.batch <= 0) {
        return true;
    }
    if (gemm_of_model(settings, problem)) {
        return true;
    }
    cudaGetLastError();  // of a kernel that could not be launched
    return general_gemm(settings.stream, problem);
}

}  // namespace tokapu::cuda
