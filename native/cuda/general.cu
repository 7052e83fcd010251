// Matrix products of any layout and alignment, on any GPU: what CUTLASS's kernels do not take. 16-bit types are multiplied on the tensor
// cores through WMMA, F32 on the ordinary units. A block computes a tile of C; the tiles of A and B go through shared memory, and the
// next ones are on their way in registers while the present ones are used.
// (V. Volkov, J. Demmel: Benchmarking GPUs to tune dense linear algebra, SC 2008; CUDA C++ Programming Guide, WMMA.)
#include "general.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <mma.h>

namespace tokapu::cuda {

namespace {

constexpr int64_t MAX_GRID_Z = 65535;

__device__ float to_float(float value) { return value; }
__device__ float to_float(__half value) { return __half2float(value); }
__device__ float to_float(__nv_bfloat16 value) { return __bfloat162float(value); }

template <class T> __device__ T from_float(float value);
template <> __device__ float from_float<float>(float value) { return value; }
template <> __device__ __half from_float<__half>(float value) { return __float2half_rn(value); }
template <> __device__ __nv_bfloat16 from_float<__nv_bfloat16>(float value) { return __float2bfloat16_rn(value); }

template <class T> __device__ T * matrix(const Operand & operand, int64_t index) {
    const void * start = operand.pointers != nullptr ? operand.pointers[index] :
                                                       static_cast<const T *>(operand.base) + index * operand.stride;
    return static_cast<T *>(const_cast<void *>(start));
}

template <class C> __device__ void store(const Problem & p, C * c, int64_t row, int64_t column, float value) {
    C & target = c[row + column * p.c.ld];
    value *= p.alpha;
    target = from_float<C>(p.beta == 0.0f ? value : value + p.beta * to_float(target));
}

// --- 16-bit types ---------------------------------------------------------------------------------------------------

constexpr int TILE_M = 128, TILE_N = 128, TILE_K = 32;
constexpr int THREADS = 256;
constexpr int PITCH   = TILE_K + 8;                           // of a tile row in shared memory, against bank conflicts
constexpr int LOADS   = TILE_M * TILE_K / 8 / THREADS;        // vectors of 8 elements that a thread moves per tile
constexpr int WARP_M = 64, WARP_N = 32;                       // 2 x 4 warps
constexpr int FRAGMENTS_M = WARP_M / 16, FRAGMENTS_N = WARP_N / 16;

// Eight elements of a tile row: op(X)'s row `line` (a row of op(A) or a column of op(B)), from depth `depth` on.
template <class T, bool CONTIGUOUS>
__device__ void load8(T (&out)[8], const T * x, int64_t ld, int64_t line, int64_t lines, int64_t depth, int64_t k, bool aligned) {
    if (CONTIGUOUS && aligned && line < lines && depth + 8 <= k) {
        *reinterpret_cast<uint4 *>(out) = *reinterpret_cast<const uint4 *>(x + line * ld + depth);
        return;
    }
    for (int i = 0; i < 8; i++) {
        const bool inside = line < lines && depth + i < k;
        out[i] = inside ? x[CONTIGUOUS ? line * ld + depth + i : line + (depth + i) * ld] : from_float<T>(0.0f);
    }
}

// Neighboring threads read neighboring addresses: along the depth where that is contiguous, along the lines elsewhere.
template <bool CONTIGUOUS> __device__ void position(int vector, int & line, int & depth) {
    line  = CONTIGUOUS ? vector / (TILE_K / 8) : vector % TILE_M;
    depth = (CONTIGUOUS ? vector % (TILE_K / 8) : vector / TILE_M) * 8;
}

template <class T, class C, bool A_CONTIGUOUS, bool B_CONTIGUOUS>
__global__ void __launch_bounds__(THREADS) tensor_core_gemm(Problem p, int64_t first) {
    using namespace nvcuda;
    __shared__ __align__(16) T     tile_a[TILE_M * PITCH];
    __shared__ __align__(16) T     tile_b[TILE_N * PITCH];
    __shared__ __align__(16) float stage[THREADS / 32][16 * 16];

    const int64_t index = first + blockIdx.z;
    const T *     a     = matrix<T>(p.a, index);
    const T *     b     = matrix<T>(p.b, index);
    C *           c     = matrix<C>(p.c, index);
    const int64_t m0    = static_cast<int64_t>(blockIdx.x) * TILE_M;
    const int64_t n0    = static_cast<int64_t>(blockIdx.y) * TILE_N;
    const bool    a_aligned = p.a.ld % 8 == 0 && reinterpret_cast<uintptr_t>(a) % 16 == 0;
    const bool    b_aligned = p.b.ld % 8 == 0 && reinterpret_cast<uintptr_t>(b) % 16 == 0;
    const int     warp  = threadIdx.x / 32;
    const int     warp_m = warp / (TILE_N / WARP_N) * WARP_M, warp_n = warp % (TILE_N / WARP_N) * WARP_N;

    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sums[FRAGMENTS_M][FRAGMENTS_N];
    for (auto & row : sums) {
        for (auto & sum : row) {
            wmma::fill_fragment(sum, 0.0f);
        }
    }

    __align__(16) T next_a[LOADS][8];
    __align__(16) T next_b[LOADS][8];
    const auto fetch = [&](int64_t depth0) {
        for (int i = 0; i < LOADS; i++) {
            int line, depth;
            position<A_CONTIGUOUS>(threadIdx.x + i * THREADS, line, depth);
            load8<T, A_CONTIGUOUS>(next_a[i], a, p.a.ld, m0 + line, p.m, depth0 + depth, p.k, a_aligned);
            position<B_CONTIGUOUS>(threadIdx.x + i * THREADS, line, depth);
            load8<T, B_CONTIGUOUS>(next_b[i], b, p.b.ld, n0 + line, p.n, depth0 + depth, p.k, b_aligned);
        }
    };

    fetch(0);
    for (int64_t depth0 = 0; depth0 < p.k; depth0 += TILE_K) {
        for (int i = 0; i < LOADS; i++) {
            int line, depth;
            position<A_CONTIGUOUS>(threadIdx.x + i * THREADS, line, depth);
            *reinterpret_cast<uint4 *>(tile_a + line * PITCH + depth) = *reinterpret_cast<uint4 *>(next_a[i]);
            position<B_CONTIGUOUS>(threadIdx.x + i * THREADS, line, depth);
            *reinterpret_cast<uint4 *>(tile_b + line * PITCH + depth) = *reinterpret_cast<uint4 *>(next_b[i]);
        }
        __syncthreads();
        if (depth0 + TILE_K < p.k) {
            fetch(depth0 + TILE_K);
        }
        for (int kk = 0; kk < TILE_K; kk += 16) {
            wmma::fragment<wmma::matrix_a, 16, 16, 16, T, wmma::row_major> fragment_a[FRAGMENTS_M];
            wmma::fragment<wmma::matrix_b, 16, 16, 16, T, wmma::col_major> fragment_b[FRAGMENTS_N];
            for (int i = 0; i < FRAGMENTS_M; i++) {
                wmma::load_matrix_sync(fragment_a[i], tile_a + (warp_m + i * 16) * PITCH + kk, PITCH);
            }
            for (int j = 0; j < FRAGMENTS_N; j++) {
                wmma::load_matrix_sync(fragment_b[j], tile_b + (warp_n + j * 16) * PITCH + kk, PITCH);
            }
            for (int i = 0; i < FRAGMENTS_M; i++) {
                for (int j = 0; j < FRAGMENTS_N; j++) {
                    wmma::mma_sync(sums[i][j], fragment_a[i], fragment_b[j], sums[i][j]);
                }
            }
        }
        __syncthreads();
    }

    for (int i = 0; i < FRAGMENTS_M; i++) {
        for (int j = 0; j < FRAGMENTS_N; j++) {
            wmma::store_matrix_sync(stage[warp], sums[i][j], 16, wmma::mem_col_major);
            __syncwarp();
            for (int e = threadIdx.x % 32; e < 256; e += 32) {
                const int64_t row = m0 + warp_m + i * 16 + e % 16, column = n0 + warp_n + j * 16 + e / 16;
                if (row < p.m && column < p.n) {
                    store(p, c, row, column, stage[warp][e]);
                }
            }
            __syncwarp();
        }
    }
}

// --- F32 ------------------------------------------------------------------------------------------------------------

constexpr int F32_TILE = 64, F32_TILE_K = 16;

template <class C> __global__ void __launch_bounds__(THREADS) f32_gemm(Problem p, int64_t first) {
    __shared__ float tile_a[F32_TILE_K][F32_TILE + 1];
    __shared__ float tile_b[F32_TILE_K][F32_TILE + 1];

    const int64_t index = first + blockIdx.z;
    const float * a     = matrix<float>(p.a, index);
    const float * b     = matrix<float>(p.b, index);
    C *           c     = matrix<C>(p.c, index);
    const int64_t m0    = static_cast<int64_t>(blockIdx.x) * F32_TILE;
    const int64_t n0    = static_cast<int64_t>(blockIdx.y) * F32_TILE;
    const int     row   = threadIdx.x % 16, column = threadIdx.x / 16;
    float         sums[4][4] = {};

    for (int64_t depth0 = 0; depth0 < p.k; depth0 += F32_TILE_K) {
        for (int e = threadIdx.x; e < F32_TILE * F32_TILE_K; e += THREADS) {
            // As in position(): neighbors along whatever is contiguous in memory.
            const int a_line = p.a.transposed ? e / F32_TILE_K : e % F32_TILE, a_depth = p.a.transposed ? e % F32_TILE_K : e / F32_TILE;
            const int b_line = p.b.transposed ? e % F32_TILE : e / F32_TILE_K, b_depth = p.b.transposed ? e / F32_TILE : e % F32_TILE_K;
            const int64_t i = m0 + a_line, j = n0 + b_line, ka = depth0 + a_depth, kb = depth0 + b_depth;
            tile_a[a_depth][a_line] = i < p.m && ka < p.k ? a[p.a.transposed ? ka + i * p.a.ld : i + ka * p.a.ld] : 0.0f;
            tile_b[b_depth][b_line] = j < p.n && kb < p.k ? b[p.b.transposed ? j + kb * p.b.ld : kb + j * p.b.ld] : 0.0f;
        }
        __syncthreads();
        for (int kk = 0; kk < F32_TILE_K; kk++) {
            float x[4], y[4];
            for (int i = 0; i < 4; i++) {
                x[i] = tile_a[kk][row + 16 * i];
                y[i] = tile_b[kk][column + 16 * i];
            }
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    sums[i][j] += x[i] * y[j];
                }
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            if (m0 + row + 16 * i < p.m && n0 + column + 16 * j < p.n) {
                store(p, c, m0 + row + 16 * i, n0 + column + 16 * j, sums[i][j]);
            }
        }
    }
}

// --- triangular solve -----------------------------------------------------------------------------------------------

// Rows of X are independent of each other: a thread solves one, column after column.
__global__ void solve_rows(int64_t m, int64_t n, float alpha, const float * const * as, int64_t lda, float * const * bs, int64_t ldb,
                           int64_t first) {
    const int64_t row = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (row >= m) {
        return;
    }
    const float * a = as[first + blockIdx.z];
    float *       b = bs[first + blockIdx.z];
    for (int64_t j = 0; j < n; j++) {
        float value = alpha * b[row + j * ldb];
        for (int64_t l = 0; l < j; l++) {
            value -= b[row + l * ldb] * a[l + j * lda];
        }
        b[row + j * ldb] = value / a[j + j * lda];
    }
}

// --- dispatch -------------------------------------------------------------------------------------------------------

// Calls launch(first, count) for parts of the batch that a grid can hold.
template <class F> void for_batches(int64_t batch, F && launch) {
    for (int64_t first = 0; first < batch; first += MAX_GRID_Z) {
        launch(first, static_cast<unsigned>(batch - first < MAX_GRID_Z ? batch - first : MAX_GRID_Z));
    }
}

unsigned tiles(int64_t size, int tile) {
    return static_cast<unsigned>((size + tile - 1) / tile);
}

template <class T, class C> void launch_tensor_cores(cudaStream_t stream, const Problem & p) {
    // The depth is contiguous in a transposed A and in an untransposed B.
    const auto kernel = p.a.transposed ? (p.b.transposed ? tensor_core_gemm<T, C, true, false> : tensor_core_gemm<T, C, true, true>) :
                                         (p.b.transposed ? tensor_core_gemm<T, C, false, false> : tensor_core_gemm<T, C, false, true>);
    for_batches(p.batch, [&](int64_t first, unsigned count) {
        kernel<<<dim3(tiles(p.m, TILE_M), tiles(p.n, TILE_N), count), THREADS, 0, stream>>>(p, first);
    });
}

template <class C> bool launch(cudaStream_t stream, const Problem & p) {
    switch (p.a.type) {
        case CUDA_R_32F:
            for_batches(p.batch, [&](int64_t first, unsigned count) {
                f32_gemm<C><<<dim3(tiles(p.m, F32_TILE), tiles(p.n, F32_TILE), count), THREADS, 0, stream>>>(p, first);
            });
            return true;
        case CUDA_R_16F:
            launch_tensor_cores<__half, C>(stream, p);
            return true;
        case CUDA_R_16BF:
            launch_tensor_cores<__nv_bfloat16, C>(stream, p);
            return true;
        default:
            return false;
    }
}

}  // namespace

bool general_gemm(cudaStream_t stream, const Problem & problem) {
    switch (problem.c.type) {
        case CUDA_R_32F:
            return launch<float>(stream, problem);
        case CUDA_R_16F:
            return launch<__half>(stream, problem);
        case CUDA_R_16BF:
            return launch<__nv_bfloat16>(stream, problem);
        default:
            return false;
    }
}

void solve_right_upper(cudaStream_t stream, int64_t m, int64_t n, float alpha, const float * const * a, int64_t lda, float * const * b,
                       int64_t ldb, int64_t batch) {
    if (m <= 0 || n <= 0 || batch <= 0) {
        return;
    }
    for_batches(batch, [&](int64_t first, unsigned count) {
        solve_rows<<<dim3(tiles(m, 128), 1, count), 128, 0, stream>>>(m, n, alpha, a, lda, b, ldb, first);
    });
}

}  // namespace tokapu::cuda
