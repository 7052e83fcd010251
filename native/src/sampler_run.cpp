#include "sampler_run.h"

#include <algorithm>
#include <cmath>

namespace tokapu {

namespace {

llama_token_data_array offer(Sampler & sampler, const Row & row) {
    const auto n = static_cast<size_t>(row.n);
    sampler.candidates.resize(n);
    for (size_t i = 0; i < n; i++) {
        sampler.candidates[i] = { static_cast<llama_token>(i), row.logits[i], 0.0F };
    }
    return { sampler.candidates.data(), sampler.candidates.size(), -1, false };
}

// The first of the largest, as llama.cpp's greedy sampler finds it, without making candidates of them.
llama_token greedy(const Row & row) {
    constexpr int32_t LANES = 16;  // compilers turn these into vectors
    float             best[LANES];
    std::fill(best, best + LANES, row.logits[0]);
    const int32_t whole = row.n - row.n % LANES;
    for (int32_t i = 0; i < whole; i += LANES) {
        for (int32_t lane = 0; lane < LANES; lane++) {
            best[lane] = row.logits[i + lane] > best[lane] ? row.logits[i + lane] : best[lane];
        }
    }
    float largest = *std::max_element(best, best + LANES);
    for (int32_t i = whole; i < row.n; i++) {
        largest = row.logits[i] > largest ? row.logits[i] : largest;
    }
    return static_cast<llama_token>(std::find(row.logits, row.logits + row.n, largest) - row.logits);
}

// The grammars of the chain. One that has any is never attached.
void apply_grammars(const Sampler & sampler, llama_token_data_array * candidates) {
    for (size_t i = 0; i < sampler.steps.size(); i++) {
        if (sampler.steps[i].grammar) {
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

int32_t run_and_accept(Sampler & sampler, const Row & row) {
    if (sampler.is_greedy()) {
        return greedy(row);
    }
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
    llama_sampler_accept(sampler.chain, token);
    return token;
}

}  // namespace tokapu
