#include "sampling/sampler_pick.h"

#include "sampling/reasoning_budget.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tokapu {

bool has_nan(const float * values, int32_t n) {
    int found = 0;
    for (int32_t i = 0; i < n; i++) {
        found |= std::isnan(values[i]) ? 1 : 0;
    }
    return found != 0;
}

void fail_nan() {
    fail(TOKAPU_ERROR_DECODE, "the model computed NaN logits: its weights are damaged or overflow the number format");
}

void require_no_nan(const float * logits, int32_t n) {
    if (has_nan(logits, n)) {
        fail_nan();
    }
}

namespace {

llama_token_data_array offer(Sampler & sampler, const Row & row) {
    const auto n = static_cast<size_t>(row.n);
    sampler.candidates.resize(n);
    for (size_t i = 0; i < n; i++) {
        sampler.candidates[i] = { static_cast<llama_token>(i), row.logits[i], 0.0F };
    }
    return { sampler.candidates.data(), sampler.candidates.size(), -1, false };
}

// The largest of some values, once around: whether one is NaN is seen on the way.
float largest_of(const float * values, int32_t n) {
    using Floats = float __attribute__((vector_size(16)));
    using Masks  = int32_t __attribute__((vector_size(16)));
    constexpr int32_t LANES = 4, VECTORS = 4;  // as many as hide how long a comparison takes
    Floats            best[VECTORS];
    Masks             nan[VECTORS];
    for (int32_t k = 0; k < VECTORS; k++) {
        best[k] = Floats{} - INFINITY;
        nan[k]  = Masks{};
    }
    const int32_t whole = n - n % (LANES * VECTORS);
    for (int32_t i = 0; i < whole; i += LANES * VECTORS) {
        for (int32_t k = 0; k < VECTORS; k++) {
            Floats next;
            std::memcpy(&next, values + i + k * LANES, sizeof next);
            nan[k] |= next != next;
            best[k] = next > best[k] ? next : best[k];
        }
    }
    require_no_nan(values + whole, n - whole);
    float largest = -INFINITY;
    for (int32_t i = whole; i < n; i++) {
        largest = std::max(largest, values[i]);
    }
    for (int32_t i = 0; i < LANES * VECTORS; i++) {
        if (nan[i / LANES][i % LANES] != 0) {
            fail_nan();
        }
        largest = std::max(largest, best[i / LANES][i % LANES]);
    }
    return largest;
}

// The first of the largest, as llama.cpp's greedy sampler finds it, without making candidates of them. Block by block, each in the
// nearest cache until it has been searched: rows that a device wrote come from memory once.
llama_token greedy(const Row & row) {
    constexpr int32_t BLOCK   = 4096;
    float             largest = -INFINITY;
    int32_t           found   = 0;
    for (int32_t from = 0; from < row.n; from += BLOCK) {
        const float * block = row.logits + from;
        const int32_t n     = std::min(BLOCK, row.n - from);
        const float   here  = largest_of(block, n);
        if (here > largest) {
            largest = here;
            found   = from + static_cast<int32_t>(std::find(block, block + n, here) - block);
        }
    }
    return found;
}

// The grammars of the chain. One that has any is never attached.
void apply_grammars(const Sampler & sampler, llama_token_data_array * candidates) {
    const bool resting = in_thought(sampler);
    for (size_t i = 0; i < sampler.steps.size(); i++) {
        if (sampler.steps[i].grammar && !(resting && sampler.steps[i].lazy)) {
            llama_sampler_apply(step_sampler(sampler, i), candidates);
        }
    }
}

void apply_others(const Sampler & sampler, llama_token_data_array * candidates) {
    if (!sampler.has_grammar) {
        llama_sampler_apply(sampler.chain, candidates);
        return;
    }
    for (size_t i = 0; i < sampler.steps.size(); i++) {
        if (!sampler.steps[i].grammar) {
            llama_sampler_apply(step_sampler(sampler, i), candidates);
        }
    }
}

bool masked(const llama_token_data & candidate) {
    return candidate.logit == -INFINITY;
}

bool allowed(const Sampler & sampler, llama_token token) {
    if (!sampler.has_grammar) {
        return true;
    }
    llama_token_data       one   = { token, 1.0F, 0.0F };
    llama_token_data_array array = { &one, 1, -1, false };
    apply_grammars(sampler, &array);
    return !masked(one);
}

llama_token selected(const llama_token_data_array & candidates) {
    if (candidates.selected < 0 || candidates.selected >= static_cast<int64_t>(candidates.size)) {
        fail(TOKAPU_ERROR_CALLBACK, "the last sampler of the chain selected no token");
    }
    return candidates.data[candidates.selected].id;
}

}  // namespace

// As llama.cpp's common_sampler_accept(): what ends a thought may begin what a lazy grammar waits for.
void accept(Sampler & sampler, llama_token token) {
    if (!sampler.has_budget || !sampler.has_grammar) {
        llama_sampler_accept(sampler.chain, token);
        return;
    }
    const bool resting = in_thought(sampler);
    for (size_t i = 0; i < sampler.steps.size(); i++) {
        llama_sampler * step = step_sampler(sampler, i);
        if (!resting || !sampler.steps[i].lazy) {
            llama_sampler_accept(step, token);
        } else if (!in_thought(sampler)) {
            for (const llama_token end : thought_end(sampler)) {
                llama_sampler_accept(step, end);
            }
        }
    }
}

int32_t pick_and_accept(Sampler & sampler, const Row & row) {
    if (sampler.is_greedy()) {
        return greedy(row);
    }
    require_no_nan(row.logits, row.n);
    llama_token_data_array candidates = offer(sampler, row);
    apply_others(sampler, &candidates);
    llama_token token = selected(candidates);
    if (!allowed(sampler, token)) {
        candidates = offer(sampler, row);
        apply_grammars(sampler, &candidates);
        if (std::all_of(candidates.data, candidates.data + candidates.size, masked)) {
            fail(TOKAPU_ERROR_GRAMMAR, "no token of the vocabulary goes on as the grammar wants");
        }
        apply_others(sampler, &candidates);
        token = selected(candidates);
        if (!allowed(sampler, token)) {
            fail(TOKAPU_ERROR_GRAMMAR, "the other samplers of the chain leave no token that the grammar allows");
        }
    }
    accept(sampler, token);
    return token;
}

}  // namespace tokapu
