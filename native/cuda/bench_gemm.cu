// Times products beside cuBLAS's for the shapes of models of 1, 8 and 70 billion parameters: gemm.h's choice, or, with `tiles`, each tile
// and division, for the costs of tiles.h. Compiled as test_gemm.cu is.
//
//     bench_gemm [f32|f16|bf16|all] [tiles]
#include "gemm.h"
#include "kernels.h"

#include <cublas_v2.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

using namespace tokapu::cuda;

namespace {

void check(bool ok, const char * what) {
    if (!ok) {
        std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(cudaGetLastError()));
        std::exit(2);
    }
}

void check(cudaError_t error, const char * what) { check(error == cudaSuccess, what); }

template <class T> __global__ void fill(T * data, size_t count) {
    for (size_t i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += static_cast<size_t>(gridDim.x) * blockDim.x) {
        unsigned x = static_cast<unsigned>(i * 2654435761u) ^ static_cast<unsigned>(i >> 32);
        x ^= x >> 16, x *= 0x7feb352du, x ^= x >> 15, x *= 0x846ca68bu, x ^= x >> 16;
        data[i] = static_cast<T>(static_cast<float>(x) / 2147483648.0f - 1.0f);
    }
}

template <class T> __global__ void compare(const T * ours, const T * theirs, size_t count, double * sums) {
    double error = 0, norm = 0;
    for (size_t i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += static_cast<size_t>(gridDim.x) * blockDim.x) {
        const double x = static_cast<float>(ours[i]), y = static_cast<float>(theirs[i]);
        error += (x - y) * (x - y);
        norm += y * y;
    }
    atomicAdd(sums, error);
    atomicAdd(sums + 1, norm);
}

constexpr size_t POOL = size_t(3) << 30, ACTIVATIONS = size_t(256) << 20, RESULTS = size_t(1200) << 20, WORKSPACE = size_t(32) << 20;

struct Bench {
    cudaStream_t   stream = nullptr;
    cublasHandle_t cublas = nullptr;
    char *         weights = nullptr, *activations = nullptr, *ours = nullptr, *theirs = nullptr, *workspace = nullptr;
    double *       sums = nullptr;
    cudaEvent_t    begin = nullptr, end = nullptr;
    int            processors = 0, capability = 0;

    Bench() {
        check(cudaStreamCreate(&stream), "stream");
        check(cublasCreate(&cublas) == CUBLAS_STATUS_SUCCESS, "cublasCreate");
        cublasSetStream(cublas, stream);
        for (auto [pointer, size] : { std::pair{ &weights, POOL }, { &activations, ACTIVATIONS }, { &ours, RESULTS }, { &theirs, RESULTS },
                                      { &workspace, 2 * WORKSPACE } }) {
            check(cudaMalloc(pointer, size), "cudaMalloc");
        }
        check(cudaMalloc(&sums, 2 * sizeof(double)), "cudaMalloc");
        cublasSetWorkspace(cublas, workspace + WORKSPACE, WORKSPACE);
        cublasSetMathMode(cublas, CUBLAS_TF32_TENSOR_OP_MATH);
        cudaEventCreate(&begin);
        cudaEventCreate(&end);
        cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0);
        cudaDeviceGetAttribute(&capability, cudaDevAttrComputeCapabilityMajor, 0);
    }

    // Microseconds of one launch, of a graph of launches: the weights of each are not in the cache.
    template <class F> double time(int launches, F && launch) {
        cudaGraph_t     graph;
        cudaGraphExec_t exec;
        check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capture");
        bool ok = true;
        for (int i = 0; i < launches; i++) {
            ok = launch(i) && ok;
        }
        check(cudaStreamEndCapture(stream, &graph), "capture");
        if (!ok) {
            cudaGraphDestroy(graph);
            cudaGetLastError();
            return NAN;
        }
        check(cudaGraphInstantiate(&exec, graph, 0), "instantiate");
        float best = 1e30f;
        for (int i = 0; i < 3; i++) {
            float ms = 0;
            cudaEventRecord(begin, stream);
            check(cudaGraphLaunch(exec, stream), "launch");
            cudaEventRecord(end, stream);
            check(cudaEventSynchronize(end), "synchronize");
            cudaEventElapsedTime(&ms, begin, end);
            best = std::min(best, i == 0 ? best : ms);
        }
        cudaGraphExecDestroy(exec);
        cudaGraphDestroy(graph);
        return best * 1000 / launches;
    }

    template <class T> double difference(size_t count) {
        double host[2];
        cudaMemsetAsync(sums, 0, sizeof(host), stream);
        compare<<<1024, 256, 0, stream>>>(reinterpret_cast<T *>(ours), reinterpret_cast<T *>(theirs), count, sums);
        cudaMemcpyAsync(host, sums, sizeof(host), cudaMemcpyDeviceToHost, stream);
        check(cudaStreamSynchronize(stream), "synchronize");
        return std::sqrt(host[0] / host[1]);
    }
};

template <class T, class Out> void shape(Bench & bench, cudaDataType type, int m, int k, int n, bool tiles) {
    const cudaDataType out = type == CUDA_R_16F ? CUDA_R_16F : CUDA_R_32F;
    const size_t bytes = sizeof(T) * m * k;
    const int    slots = static_cast<int>(POOL / bytes);
    const double estimate = std::max(2.0 * m * n * k / 700e6 * (sizeof(T) / 2), (bytes + 4.0 * m * n) / 4e6) + 2;
    const int    launches = std::clamp(static_cast<int>(2000 / estimate), 4, 40);
    const auto   weights = [&](int i) { return bench.weights + bytes * (i % slots); };
    const float  one = 1, zero = 0;
    const __half half_one = 1.0f, half_zero = 0.0f;
    const bool   half = type == CUDA_R_16F;
    const double theirs = bench.time(launches, [&](int i) {
        return cublasGemmEx(bench.cublas, CUBLAS_OP_T, CUBLAS_OP_N, m, n, k, half ? (const void *) &half_one : &one, weights(i), type, k,
                            bench.activations, type, k, half ? (const void *) &half_zero : &zero, bench.theirs, out, m,
                            half ? CUBLAS_COMPUTE_16F : CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT_TENSOR_OP) == CUBLAS_STATUS_SUCCESS;
    });
    std::printf("%s %6d %6d %5d cublas %8.2f", half ? "f16" : type == CUDA_R_32F ? "f32" : "bf16", m, k, n, theirs);
    const Settings settings = { bench.stream, bench.workspace, WORKSPACE, true };
    if (!tiles) {
        cudaMemsetAsync(bench.ours, 0xff, sizeof(Out) * m * n, bench.stream);
        const double ours = bench.time(launches, [&](int i) {
            return gemm(settings, { m, n, k, 1, 1.0f, 0.0f, { weights(i), nullptr, 0, k, type, true },
                                    { bench.activations, nullptr, 0, k, type, false }, { bench.ours, nullptr, 0, m, out, false } });
        });
        std::printf(" ours %8.2f ratio %.3f difference %.1e\n", ours, theirs / ours, bench.difference<Out>(size_t(m) * n));
        return;
    }
    const Kernels kernels = kernels_for(bench.capability, type);
    check(kernels.launch != nullptr, "no kernels of CUTLASS");
    std::string   all;
    double        best = INFINITY;
    Plan          best_plan = {};
    for (int tile = 0; tile < kernels.generation->count; tile++) {
        const Tile &  t      = kernels.generation->tiles[tile];
        const int64_t blocks = int64_t((m + t.m - 1) / t.m) * ((n + t.n - 1) / t.n);
        if (blocks > 64 * bench.processors && t.m * t.n < 128 * 128) {
            continue;
        }
        for (int parts : { 1, 2, 3, 4, 6, 8 }) {
            if (k * sizeof(T) % (parts * 16) != 0 ||
                (parts > 1 && (blocks * parts > 8 * bench.processors || sizeof(Out) * padded(m) * n * parts > WORKSPACE))) {
                continue;
            }
            const Product product = { m, n, k, 1, 1.0f, nullptr, k, 0, bench.activations, k, 0, bench.ours, m, 0 };
            cudaMemsetAsync(bench.ours, 0xff, sizeof(Out) * m * n, bench.stream);
            const double us = bench.time(launches, [&](int i) {
                Product one = product;
                one.a       = weights(i);
                return multiply(kernels, { tile, parts }, one, settings, bench.processors);
            });
            const double error = bench.difference<Out>(size_t(m) * n);
            // cuBLAS makes sums of F16 in F16.
            const bool right = error < (half ? 2e-2 : 2e-3);
            char       text[64];
            std::snprintf(text, sizeof(text), " %d/%d:%.2f%s", tile, parts, us, right ? "" : "!WRONG");
            all += text;
            if (right && us < best) {
                best      = us;
                best_plan = { tile, parts };
            }
        }
    }
    std::printf(" best %8.2f ratio %.3f %d/%d |%s\n", best, theirs / best, best_plan.tile, best_plan.parts, all.c_str());
}

template <class T, class Out> void table(Bench & bench, cudaDataType type, bool tiles) {
    fill<<<1024, 256, 0, bench.stream>>>(reinterpret_cast<T *>(bench.weights), POOL / sizeof(T));
    fill<<<1024, 256, 0, bench.stream>>>(reinterpret_cast<T *>(bench.activations), ACTIVATIONS / sizeof(T));
    const int shapes[][2] = { { 512, 2048 }, { 2048, 2048 }, { 8192, 2048 }, { 2048, 8192 },                        // 1B
                              { 1024, 4096 }, { 4096, 4096 }, { 14336, 4096 }, { 4096, 14336 }, { 128256, 4096 },  // 8B
                              { 1024, 8192 }, { 8192, 8192 }, { 28672, 8192 }, { 8192, 28672 } };                  // 70B
    for (const auto & [m, k] : shapes) {
        for (int n : { 17, 32, 64, 128, 256, 512, 2048 }) {
            shape<T, Out>(bench, type, m, k, n, tiles);
        }
    }
}

}  // namespace

int main(int argc, char ** argv) {
    const std::string type = argc > 1 ? argv[1] : "all";
    const bool        tiles = argc > 2 && std::strcmp(argv[2], "tiles") == 0;
    Bench             bench;
    if (type == "bf16" || type == "all") {
        table<__nv_bfloat16, float>(bench, CUDA_R_16BF, tiles);
    }
    if (type == "f16" || type == "all") {
        table<__half, __half>(bench, CUDA_R_16F, tiles);
    }
    if (type == "f32" || type == "all") {
        table<float, float>(bench, CUDA_R_32F, tiles);
    }
}
