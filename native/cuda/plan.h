// Which tile a product is computed in, and into how many parts it is divided along k.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tokapu::cuda {

// What a block computes at a time.
struct Tile {
    int    m, n;
    int    depth;        // bytes of a row of A and of a column of B in a stage of the pipeline
    int    cluster;      // blocks, one above the other, that load their common part of B once
    bool   cooperative;  // two warp groups share a tile; otherwise they take turns, one multiplying while the other stores
    int    resident;     // blocks that a processor holds at once
    double cost;         // nanoseconds that a byte of depth takes
    double end;          // microseconds that the result takes where nothing hides it
};

// The tiles of a generation of GPUs, and what all processors together read and write per microsecond.
struct Generation {
    const Tile * tiles;
    int          count;
    double       bytes;
    int          processors;  // of the GPU that was measured
};

struct Size {
    int64_t m, n, k, batch;
    int     element;  // bytes of one of A and B
    int     result;   // and of C
};

struct Plan {
    int tile;
    int parts;
};

// The plan that is expected to take the least time on so many processors, with parts that fit into the workspace.
Plan plan(const Generation & generation, const Size & size, int processors, size_t workspace);

// Rows of a part, so that each of its columns begins at a multiple of 16 bytes.
constexpr int64_t padded(int64_t m) { return (m + 7) / 8 * 8; }

}  // namespace tokapu::cuda
