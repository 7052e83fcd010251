// The greedy choice from rows of any length: the first of the largest logits, and no NaN unseen.
#include "core/guard.h"
#include "sampling/sampler_pick.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

namespace {

using tokapu::Failure;
using tokapu::Row;
using tokapu::Sampler;

constexpr float INFINITE = std::numeric_limits<float>::infinity();

void check(bool holds, const char * what, size_t n, size_t at) {
    if (!holds) {
        std::fprintf(stderr, "failed: %s at %zu of %zu\n", what, at, n);
        std::exit(1);
    }
}

Sampler & chain() {
    static Sampler sampler(nullptr, nullptr);
    if (sampler.steps.empty()) {
        sampler.steps.push_back(tokapu::CPU_SELECTOR);
        sampler.steps.back().greedy = true;
    }
    return sampler;
}

size_t choice(const std::vector<float> & logits) {
    return static_cast<size_t>(pick_and_accept(chain(), Row{ logits.data(), static_cast<int32_t>(logits.size()) }));
}

bool fails(const std::vector<float> & logits) {
    try {
        choice(logits);
        return false;
    } catch (const Failure &) {
        return true;
    }
}

void test_token(std::vector<float> logits, size_t at) {
    const size_t n = logits.size();
    logits[at]     = 2.0F;
    check(choice(logits) == at, "the largest", n, at);
    logits[n - 1] = 2.0F;
    check(choice(logits) == at, "the first of the largest", n, at);
    for (const float nan : { std::nanf(""), -std::nanf("") }) {
        logits[at] = nan;
        check(fails(logits), "a NaN is seen", n, at);
    }
}

void test_row(size_t n, size_t step) {
    const std::vector<float> logits(n, -1.0F);
    for (size_t at = 0; at < n; at += step) {
        test_token(logits, at);
    }
    test_token(logits, n - 1);
}

void test_infinities(size_t n) {
    std::vector<float> logits(n, -INFINITE);
    check(choice(logits) == 0, "nothing but masked tokens", n, 0);
    logits[n - 1] = std::numeric_limits<float>::lowest();
    check(choice(logits) == n - 1, "the only token that is not masked", n, n - 1);
    logits[n / 2] = INFINITE;
    check(choice(logits) == n / 2, "infinity", n, n / 2);
}

}  // namespace

int main() {
    for (size_t n = 1; n <= 70; n++) {
        test_row(n, 1);
        test_infinities(n);
    }
    for (const size_t n : { 4095, 4096, 4097, 8192 + 35 }) {  // what is searched at a time has 4096
        test_row(n, 97);
        test_infinities(n);
    }
    return 0;
}
