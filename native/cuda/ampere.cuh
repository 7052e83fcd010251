// The kernels of ampere.h for one pair of types, each of TILES; ampere_*.cu instantiate them.
#pragma once

#include "ampere.h"

#include <cutlass/cutlass.h>
#include <cutlass/epilogue/thread/linear_combination.h>
#include <cutlass/gemm/device/gemm_universal.h>

#include <utility>

namespace tokapu::cuda::ampere {

// CUTLASS's kernels of this generation write rows: this computes the transpose of C, activations times weights.
template <class T, class Out, int INDEX> class Kernel {
    static constexpr Tile TILE   = TILES[INDEX];
    static constexpr int  DEPTH  = TILE.depth / static_cast<int>(sizeof(T));
    static constexpr int  STAGES = TILE.n <= 64 ? 4 : 3;  // two blocks, or one of the largest, fit into Ada's 99 KB
    template <int N, int M> using Shape = cutlass::gemm::GemmShape<N, M, DEPTH>;
    using Warp        = std::conditional_t<TILE.n == 32, Shape<32, 32>, Shape<TILE.n / 2, 64>>;
    using Instruction = cutlass::gemm::GemmShape<16, 8, 32 / sizeof(T)>;
    using Row         = cutlass::layout::RowMajor;
    using Column      = cutlass::layout::ColumnMajor;

    using Gemm = cutlass::gemm::device::GemmUniversal<
        T, Row, T, Column, Out, Row, float, cutlass::arch::OpClassTensorOp, cutlass::arch::Sm80, Shape<TILE.n, TILE.m>, Warp, Instruction,
        cutlass::epilogue::thread::LinearCombination<Out, 16 / sizeof(Out), float, float,
                                                     cutlass::epilogue::thread::ScaleType::OnlyAlphaScaling>,
        cutlass::gemm::threadblock::GemmIdentityThreadblockSwizzle<1>, STAGES, 16 / sizeof(T), 16 / sizeof(T)>;

  public:
    static bool launch(const Product & p, cudaStream_t stream) {
        const typename Gemm::Arguments arguments(cutlass::gemm::GemmUniversalMode::kBatched, { p.n, p.m, p.k }, p.batch, { p.alpha }, p.b, p.a,
                                                 p.c, p.c, p.stride_b, p.stride_a, p.stride_c, p.stride_c, p.ldb, p.lda, p.ldc, p.ldc);
        Gemm gemm;
        // Whole vectors of rows and depth: it reads and writes what pads them.
        return Gemm::can_implement(arguments) == cutlass::Status::kSuccess && gemm(arguments, nullptr, stream) == cutlass::Status::kSuccess;
    }
};

template <class T, class Out, int... INDEX>
bool launch_one_of(std::integer_sequence<int, INDEX...>, int tile, const Product & product, cudaStream_t stream) {
    bool launched = false;
    (void) ((tile == INDEX && (launched = Kernel<T, Out, INDEX>::launch(product, stream), true)) || ...);
    return launched;
}

template <class T, class Out> bool launch(int tile, const Product & product, cudaStream_t stream) {
    return launch_one_of<T, Out>(std::make_integer_sequence<int, TILE_COUNT>(), tile, product, stream);
}

}  // namespace tokapu::cuda::ampere
