// The choice of tiles and divisions for products on GPUs: valid for any size, and the fastest of those measured.
#include "tiles.h"

#include <cstdio>
#include <initializer_list>

using namespace tokapu::cuda;

namespace {

int failures = 0;

void expect(bool ok, const char * what, const Size & s, const Plan & p) {
    if (!ok) {
        failures++;
        std::printf("%s: %lld x %lld x %lld, batch %lld: tile %d, %d parts\n", what, (long long) s.m, (long long) s.n, (long long) s.k,
                    (long long) s.batch, p.tile, p.parts);
    }
}

void expect_valid(const Generation & generation, const Size & s, size_t workspace) {
    const Plan p = plan(generation, s, generation.processors, workspace);
    expect(p.tile >= 0 && p.tile < generation.count && p.parts >= 1, "no such tile", s, p);
    expect(p.parts == 1 || s.batch == 1, "a batch is divided", s, p);
    expect(p.parts == 1 || s.k * s.element % (p.parts * 16) == 0, "a part does not begin at 16 bytes", s, p);
    expect(p.parts == 1 || static_cast<size_t>(padded(s.m) * s.n * s.result * p.parts) <= workspace, "the parts do not fit", s, p);
}

}  // namespace

int main() {
    for (const Generation & generation : { hopper::GENERATION, ampere::GENERATION }) {
        for (int64_t m : { 1, 100, 1024, 4096, 28672, 128256 }) {
            for (int64_t n : { 1, 17, 32, 100, 512, 2048, 100000 }) {
                for (int64_t k : { 8, 72, 576, 4096, 14336, 28672 }) {
                    for (int64_t batch : { 1, 32 }) {
                        expect_valid(generation, { m, n, k, batch, 2, 4 }, 4 << 20);
                        expect_valid(generation, { m, n, k, batch, 4, 4 }, 32 << 20);
                        expect_valid(generation, { m, n, k, batch, 2, 2 }, 0);
                    }
                }
            }
        }
    }
    // Few tokens of one tile for a few processors: all of them work.
    const Size keys = { 1024, 32, 4096, 1, 2, 4 };
    expect(plan(hopper::GENERATION, keys, 132, 32 << 20).parts >= 4, "processors are idle", keys, plan(hopper::GENERATION, keys, 132, 32 << 20));
    const Size prompt = { 14336, 2048, 4096, 1, 2, 4 };
    const Plan large  = plan(hopper::GENERATION, prompt, 132, 32 << 20);
    expect(large.parts == 1 && hopper::TILES[large.tile].m >= 128 && hopper::TILES[large.tile].n >= 128, "tiles are small", prompt, large);
    return failures == 0 ? 0 : 1;
}
