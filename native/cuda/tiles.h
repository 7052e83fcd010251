// The tiles that there are kernels for.
#pragma once

#include "plan.h"

namespace tokapu::cuda {

namespace hopper {

// Costs fitted to what bench_gemm.cu measured on an H200.
inline constexpr Tile TILES[] = {
    { 64, 32, 256, 1, false, 1, 0.72, 0.04 },  // few tokens: bound by reading the weights
    { 64, 64, 256, 1, false, 1, 1.26, 0.23 },
    { 64, 128, 128, 1, false, 1, 1.70, 0.55 },
    { 128, 128, 128, 2, false, 1, 2.83, 2.02 },
    { 128, 256, 128, 2, true, 1, 5.37, 5.48 },  // prompts: bound by the tensor cores
};
inline constexpr int        TILE_COUNT = sizeof(TILES) / sizeof(TILES[0]);
inline constexpr Generation GENERATION = { TILES, TILE_COUNT, 4.6e6, 132 };

}  // namespace hopper

namespace ampere {

// Costs by the data sheet of an A100: these were not measured.
inline constexpr Tile TILES[] = {
    { 128, 32, 64, 1, false, 2, 4.7, 1.0 },  // few tokens: bound by reading the weights
    { 128, 64, 64, 1, false, 2, 7.6, 1.5 },
    { 128, 128, 64, 1, false, 2, 13.3, 2.0 },  // prompts: bound by the tensor cores
    { 256, 128, 64, 1, false, 1, 12.6, 3.0 },
};
inline constexpr int        TILE_COUNT = sizeof(TILES) / sizeof(TILES[0]);
inline constexpr Generation GENERATION = { TILES, TILE_COUNT, 1.5e6, 108 };

}  // namespace ampere

}  // namespace tokapu::cuda
