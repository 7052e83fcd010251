// Compares the products of gemm.h with cuBLAS's on a GPU: sizes that do and do not fill tiles, types, transposes, batches, alpha and beta.
// bench_gemm.cu times them. On Hopper, in bash:
//
//     nvcc -std=c++17 -O3 --expt-relaxed-constexpr -gencode=arch=compute_90a,code=sm_90a -DTOKAPU_HOPPER -I$(native/cmake/cutlass.sh)
//         native/cuda/{test_gemm,general,add_parts,hopper_*}.cu native/cuda/{gemm,kernels,plan}.cpp -lcublas -o test_gemm
//
// With -DTOKAPU_AMPERE and ampere_* in place of hopper's, compiled for compute_90, it tests the kernels of Ampere, which run there, too.
#include "gemm.h"

#include <cublas_v2.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

using namespace tokapu::cuda;

namespace {

void check(cudaError_t error, const char * what) {
    if (error != cudaSuccess) {
        std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(error));
        std::exit(2);
    }
}

void check(cublasStatus_t status, const char * what) {
    if (status != CUBLAS_STATUS_SUCCESS) {
        std::fprintf(stderr, "%s: %s\n", what, cublasGetStatusString(status));
        std::exit(2);
    }
}

size_t size_of(cudaDataType type) {
    return type == CUDA_R_32F ? 4 : 2;
}

const char * name_of(cudaDataType type) {
    return type == CUDA_R_32F ? "f32" : type == CUDA_R_16F ? "f16" : "bf16";
}

std::vector<char> encode(const std::vector<float> & values, cudaDataType type) {
    std::vector<char> bytes(values.size() * size_of(type));
    for (size_t i = 0; i < values.size(); i++) {
        if (type == CUDA_R_32F) {
            reinterpret_cast<float *>(bytes.data())[i] = values[i];
        } else if (type == CUDA_R_16F) {
            reinterpret_cast<__half *>(bytes.data())[i] = __float2half_rn(values[i]);
        } else {
            reinterpret_cast<__nv_bfloat16 *>(bytes.data())[i] = __float2bfloat16_rn(values[i]);
        }
    }
    return bytes;
}

float decode(const std::vector<char> & bytes, size_t i, cudaDataType type) {
    return type == CUDA_R_32F ? reinterpret_cast<const float *>(bytes.data())[i] :
           type == CUDA_R_16F ? __half2float(reinterpret_cast<const __half *>(bytes.data())[i]) :
                                __bfloat162float(reinterpret_cast<const __nv_bfloat16 *>(bytes.data())[i]);
}

std::mt19937 generator(1);

std::vector<float> random_values(size_t n) {
    std::normal_distribution<float> normal;
    std::vector<float>              values(n);
    for (float & value : values) {
        value = normal(generator);
    }
    return values;
}

struct Matrix {
    char *       data = nullptr;
    size_t       bytes;
    cudaDataType type;

    Matrix(size_t elements, cudaDataType type) : bytes(elements * size_of(type)), type(type) {
        check(cudaMalloc(&data, bytes), "cudaMalloc");
        fill(random_values(elements));
    }
    ~Matrix() { cudaFree(data); }
    void fill(const std::vector<float> & values) {
        check(cudaMemcpy(data, encode(values, type).data(), bytes, cudaMemcpyHostToDevice), "cudaMemcpy");
    }
    std::vector<char> read() const {
        std::vector<char> host(bytes);
        check(cudaMemcpy(host.data(), data, bytes, cudaMemcpyDeviceToHost), "cudaMemcpy");
        return host;
    }
};

struct Shape {
    int64_t m, n, k;
    int64_t pad;  // added to the leading dimensions
    int     batch;
};

Settings settings;

// |ours - theirs| / |theirs|, both from the same starting C.
double difference(cublasHandle_t cublas, const Shape & s, cudaDataType in, cudaDataType out, bool ta, bool tb, bool pointers,
                  float beta = 0.25f) {
    const int64_t lda = (ta ? s.k : s.m) + s.pad, ldb = (tb ? s.n : s.k) + s.pad, ldc = s.m + s.pad;
    const int64_t size_a = lda * (ta ? s.m : s.k), size_b = ldb * (tb ? s.k : s.n), size_c = ldc * s.n;
    Matrix        a(size_a * s.batch, in), b(size_b * s.batch, in), ours(size_c * s.batch, out), theirs(size_c * s.batch, out);
    std::vector<float> start = random_values(size_c * s.batch);
    if (beta == 0.0f) {
        std::fill(start.begin(), start.end(), NAN);
    }
    ours.fill(start);
    theirs.fill(start);
    const float alpha = 0.5f;

    std::vector<void *> table;
    for (const Matrix * matrix : { &a, &b, &ours }) {
        const int64_t size = matrix == &a ? size_a : matrix == &b ? size_b : size_c;
        for (int i = 0; i < s.batch; i++) {
            table.push_back(matrix->data + i * size * size_of(matrix->type));
        }
    }
    void ** device_table = nullptr;
    check(cudaMalloc(&device_table, table.size() * sizeof(void *)), "cudaMalloc");
    check(cudaMemcpy(device_table, table.data(), table.size() * sizeof(void *), cudaMemcpyHostToDevice), "cudaMemcpy");

    Operand x = { a.data, nullptr, size_a, lda, in, ta }, y = { b.data, nullptr, size_b, ldb, in, tb },
            z = { ours.data, nullptr, size_c, ldc, out, false };
    if (pointers) {
        x.pointers = device_table;
        y.pointers = device_table + s.batch;
        z.pointers = device_table + 2 * s.batch;
    }
    if (!gemm(settings, { s.m, s.n, s.k, s.batch, alpha, beta, x, y, z })) {
        std::fprintf(stderr, "gemm refused\n");
        std::exit(2);
    }
    check(cudaGetLastError(), "gemm");
    check(cublasGemmStridedBatchedEx(cublas, ta ? CUBLAS_OP_T : CUBLAS_OP_N, tb ? CUBLAS_OP_T : CUBLAS_OP_N, s.m, s.n, s.k, &alpha, a.data, in,
                                     lda, size_a, b.data, in, ldb, size_b, &beta, theirs.data, out, ldc, size_c, s.batch,
                                     CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
          "cublasGemmStridedBatchedEx");
    check(cudaDeviceSynchronize(), "synchronize");
    const std::vector<char> got = ours.read(), wanted = theirs.read();
    cudaFree(device_table);
    double error = 0, norm = 0;
    for (size_t i = 0; i < got.size() / size_of(out); i++) {
        const double g = decode(got, i, out), w = decode(wanted, i, out);
        if (std::isnan(g) && std::isnan(w)) {
            continue;  // between the columns
        }
        error += (g - w) * (g - w);
        norm += w * w;
    }
    return std::sqrt(error / norm);
}

int compare(cublasHandle_t cublas) {
    int failures = 0, cases = 0;
    double worst = 0;
    for (const Shape & s : { Shape{ 1, 1, 1, 0, 1 }, Shape{ 128, 128, 32, 0, 1 }, Shape{ 127, 65, 33, 0, 3 }, Shape{ 300, 200, 100, 8, 2 },
                             Shape{ 64, 1000, 71, 5, 1 }, Shape{ 17, 3, 4096, 0, 5 }, Shape{ 512, 512, 512, 0, 1 } }) {
        for (cudaDataType in : { CUDA_R_32F, CUDA_R_16F, CUDA_R_16BF }) {
            for (cudaDataType out : { CUDA_R_32F, in }) {
                for (int variant = 0; variant < 8; variant++) {
                    const double error = difference(cublas, s, in, out, variant & 1, variant & 2, variant & 4);
                    const double limit = out == CUDA_R_32F ? 1e-5 : out == CUDA_R_16F ? 1e-3 : 8e-3;
                    worst = std::max(worst, error / limit);
                    cases++;
                    if (!(error <= limit)) {
                        failures++;
                        std::printf("WRONG %lld x %lld x %lld %s -> %s variant %d: %g\n", (long long) s.m, (long long) s.n,
                                    (long long) s.k, name_of(in), name_of(out), variant, error);
                    }
                }
            }
        }
    }
    std::printf("%d of %d products differ from cuBLAS (largest difference %.2f of what is allowed)\n", failures, cases, worst);
    return failures;
}

// What CUTLASS's kernels take: contiguous rows of A and columns of B and C, beta of 0, which leaves nothing of what C held.
int compare_of_models(cublasHandle_t cublas) {
    int failures = 0, cases = 0;
    for (const Shape & s : { Shape{ 8, 1, 8, 0, 1 }, Shape{ 4096, 1, 4096, 0, 1 }, Shape{ 1024, 17, 4096, 0, 1 }, Shape{ 512, 32, 2048, 0, 1 },
                             Shape{ 2048, 64, 8192, 0, 1 }, Shape{ 4096, 100, 4096, 0, 1 }, Shape{ 4096, 128, 1032, 8, 1 },
                             Shape{ 1000, 300, 584, 16, 1 }, Shape{ 3072, 512, 3072, 0, 1 }, Shape{ 4104, 2047, 520, 0, 1 },
                             Shape{ 256, 40, 128, 0, 32 }, Shape{ 136, 520, 192, 8, 7 }, Shape{ 49152, 33, 576, 0, 1 },
                             Shape{ 100, 60, 68, 0, 2 }, Shape{ 1022, 31, 4096, 0, 1 }, Shape{ 1024, 31, 4095, 0, 1 },
                             Shape{ 1000, 60, 100, 4, 1 } }) {
        for (cudaDataType in : { CUDA_R_32F, CUDA_R_16F, CUDA_R_16BF }) {
            if (in != CUDA_R_16F && gemm_instead_of_cublas(settings, { s.m, s.n, s.k, 1, 1.0f, 0.0f, { nullptr, nullptr, 0, s.k, in, true },
                                                                       { nullptr, nullptr, 0, s.k, in }, { nullptr, nullptr, 0, s.m } })) {
                failures++;
                std::printf("WRONG: %s is not cuBLAS's\n", name_of(in));
            }
            // cuBLAS computes in F32 here: factors rounded to TF32 differ by as much as those of the type itself.
            settings.tf32 = in == CUDA_R_32F;
            const cudaDataType out   = in == CUDA_R_16F ? CUDA_R_16F : CUDA_R_32F;
            const double       error = difference(cublas, s, in, out, true, false, false, 0.0f);
            const double       limit = in == CUDA_R_16BF ? 1e-5 : 1e-3;
            cases++;
            if (!(error <= limit)) {
                failures++;
            }
            std::printf("%s%lld x %lld x %lld %s: %g\n", error <= limit ? "" : "WRONG ", (long long) s.m, (long long) s.n, (long long) s.k,
                        name_of(in), error);
        }
    }
    settings.tf32 = false;
    std::printf("%d of %d products of models differ from cuBLAS\n", failures, cases);
    return failures;
}

int solve(cublasHandle_t cublas) {
    const int    m = 100, n = 80;
    const float  alpha = 2.0f;
    auto         triangle = random_values(n * n);
    for (int i = 0; i < n; i++) {
        triangle[i + i * n] = 10.0f + std::fabs(triangle[i + i * n]);
    }
    Matrix a(n * n, CUDA_R_32F), ours(m * n, CUDA_R_32F), theirs(m * n, CUDA_R_32F);
    a.fill(triangle);
    const auto start = random_values(m * n);
    ours.fill(start);
    theirs.fill(start);
    void * table[3] = { a.data, ours.data, theirs.data };
    void ** device_table = nullptr;
    check(cudaMalloc(&device_table, sizeof(table)), "cudaMalloc");
    check(cudaMemcpy(device_table, table, sizeof(table), cudaMemcpyHostToDevice), "cudaMemcpy");
    auto as = reinterpret_cast<float **>(device_table);
    solve_right_upper(nullptr, m, n, alpha, as, n, as + 1, m, 1);
    check(cublasStrsmBatched(cublas, CUBLAS_SIDE_RIGHT, CUBLAS_FILL_MODE_UPPER, CUBLAS_OP_N, CUBLAS_DIAG_NON_UNIT, m, n, &alpha, as, n, as + 2,
                             m, 1),
          "cublasStrsmBatched");
    check(cudaDeviceSynchronize(), "synchronize");
    const auto got = ours.read(), wanted = theirs.read();
    double     error = 0, norm = 0;
    for (int i = 0; i < m * n; i++) {
        error += std::pow(decode(got, i, CUDA_R_32F) - decode(wanted, i, CUDA_R_32F), 2);
        norm += std::pow(decode(wanted, i, CUDA_R_32F), 2);
    }
    std::printf("triangular solve: difference %g\n", std::sqrt(error / norm));
    return std::sqrt(error / norm) <= 1e-5 ? 0 : 1;
}

}  // namespace

int main() {
    cublasHandle_t cublas = nullptr;
    check(cublasCreate(&cublas), "cublasCreate");
    settings.workspace_size = 32 << 20;
    check(cudaMalloc(&settings.workspace, settings.workspace_size), "cudaMalloc");
    const int failures = compare(cublas) + compare_of_models(cublas) + solve(cublas);
    return failures == 0 ? 0 : 1;
}
