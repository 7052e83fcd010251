// Blocks run in waves of as many as the processors hold; a wave takes as long as its tile needs to multiply, or as the memory needs to
// deliver. A product of few tiles is divided along k, so that all processors work, which costs a second kernel that adds the parts.
//
// The costs of tiles.h were fitted to some 3,500 products timed with bench_gemm.cu: what is chosen takes 1% longer than the best.
#include "plan.h"

#include <cmath>

namespace tokapu::cuda {

namespace {

constexpr int    PARTS[]    = { 1, 2, 3, 4, 6, 8 };
constexpr double ADD_LAUNCH = 1.9;    // microseconds
constexpr double ADD_BYTES  = 3.1e6;  // per microsecond

double blocks(int64_t size, int tile) { return std::ceil(static_cast<double>(size) / tile); }

// Microseconds but for the launch.
double time_of(const Generation & generation, const Tile & tile, const Size & s, int parts, int processors) {
    const double results = static_cast<double>(s.m) * s.n * s.batch * s.result;
    const double factors = (static_cast<double>(s.m) + s.n) * s.k * s.batch * s.element;
    const double waves   = std::ceil(blocks(s.m, tile.m) * blocks(s.n, tile.n) * s.batch * parts / processors / tile.resident);
    const double math    = waves * tile.cost * s.k * s.element / parts / 1000;
    const double memory  = (factors + results) / (generation.bytes * processors / generation.processors);
    // Near the point where both take as long, each disturbs the other.
    const double both = std::sqrt(std::sqrt(math * math * math * math + memory * memory * memory * memory));
    // Warp groups that take turns hide the results of all tiles but the last. A cooperative block writes them between its tiles; those of
    // the last are in its cost.
    const double ends = tile.cooperative ? waves - 1 : 1;
    return both + ends * tile.end + (parts == 1 ? 0 : ADD_LAUNCH + 2 * parts * results / ADD_BYTES);
}

bool divisible(const Size & s, int parts, size_t workspace) {
    return s.batch == 1 && s.k * s.element % (parts * 16) == 0 &&
           static_cast<double>(padded(s.m)) * s.n * s.result * parts <= static_cast<double>(workspace);
}

}  // namespace

Plan plan(const Generation & generation, const Size & size, int processors, size_t workspace) {
    Plan   best      = { 0, 1 };
    double best_time = INFINITY;
    for (int tile = 0; tile < generation.count; tile++) {
        for (int parts : PARTS) {
            if (parts > 1 && !divisible(size, parts, workspace)) {
                continue;
            }
            const double time = time_of(generation, generation.tiles[tile], size, parts, processors);
            if (time < best_time) {
                best      = { tile, parts };
                best_time = time;
            }
        }
    }
    return best;
}

}  // namespace tokapu::cuda
