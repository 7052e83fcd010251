// The kernels of hopper.h for one pair of types, each of TILES; hopper_*.cu instantiate them.
#pragma once

#include "hopper.h"

#include <cutlass/cutlass.h>
#include <cutlass/epilogue/collective/collective_builder.hpp>
#include <cutlass/gemm/collective/collective_builder.hpp>
#include <cutlass/gemm/device/gemm_universal_adapter.h>
#include <cutlass/gemm/kernel/gemm_universal.hpp>

#include <utility>

namespace tokapu::cuda::hopper {

template <class T, class Out, int INDEX> class Kernel {
    static constexpr Tile TILE = TILES[INDEX];
    using Shape   = cute::Shape<cute::Int<TILE.m>, cute::Int<TILE.n>, cute::Int<TILE.depth / sizeof(T)>>;
    using Cluster = cute::Shape<cute::Int<TILE.cluster>, cute::_1, cute::_1>;
    using Row     = cutlass::layout::RowMajor;
    using Column  = cutlass::layout::ColumnMajor;
    template <bool COOPERATIVE, class A, class B> using Either = std::conditional_t<COOPERATIVE, A, B>;

    using Epilogue = typename cutlass::epilogue::collective::CollectiveBuilder<
        cutlass::arch::Sm90, cutlass::arch::OpClassTensorOp, Shape, Cluster, cutlass::epilogue::collective::EpilogueTileAuto, float, float,
        void, Column, 16 / sizeof(Out), Out, Column, 16 / sizeof(Out),
        Either<TILE.cooperative, cutlass::epilogue::TmaWarpSpecializedCooperative, cutlass::epilogue::TmaWarpSpecialized>>::CollectiveOp;
    using Mainloop = typename cutlass::gemm::collective::CollectiveBuilder<
        cutlass::arch::Sm90, cutlass::arch::OpClassTensorOp, T, Row, 16 / sizeof(T), T, Column, 16 / sizeof(T), float, Shape, Cluster,
        cutlass::gemm::collective::StageCountAutoCarveout<static_cast<int>(sizeof(typename Epilogue::SharedStorage))>,
        Either<TILE.cooperative, cutlass::gemm::KernelTmaWarpSpecializedCooperative,
               cutlass::gemm::KernelTmaWarpSpecializedPingpong>>::CollectiveOp;
    using Gemm = cutlass::gemm::device::GemmUniversalAdapter<
        cutlass::gemm::kernel::GemmUniversal<cute::Shape<int, int, int, int>, Mainloop, Epilogue>>;

  public:
    static bool launch(const Product & p, int processors, cudaStream_t stream) {
        using One = cute::Int<1>;
        typename Gemm::Arguments arguments{
            cutlass::gemm::GemmUniversalMode::kGemm,
            { p.m, p.n, p.k, p.batch },
            { static_cast<const T *>(p.a), { p.lda, One{}, p.stride_a }, static_cast<const T *>(p.b), { p.ldb, One{}, p.stride_b } },
            { { p.alpha, 0.0f }, nullptr, {}, static_cast<Out *>(p.c), { One{}, p.ldc, p.stride_c } },
            { 0, processors },
        };
        Gemm gemm;
        return gemm.run(arguments, nullptr, stream) == cutlass::Status::kSuccess;
    }
};

template <class T, class Out, int... INDEX>
bool launch_one_of(std::integer_sequence<int, INDEX...>, int tile, const Product & product, int processors, cudaStream_t stream) {
    bool launched = false;
    (void) ((tile == INDEX && (launched = Kernel<T, Out, INDEX>::launch(product, processors, stream), true)) || ...);
    return launched;
}

template <class T, class Out> bool launch(int tile, const Product & product, int processors, cudaStream_t stream) {
    return launch_one_of<T, Out>(std::make_integer_sequence<int, TILE_COUNT>(), tile, product, processors, stream);
}

}  // namespace tokapu::cuda::hopper
