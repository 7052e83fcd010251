#include "sampler_run.h"

#include <algorithm>
#include <cmath>

namespace tokapu {

namespace {

llama_token_data_array offer(Sampler & sampler, Context & context, int32_t index) {
    const float * logits = llama_get_logits_ith(context.llama, index);
    const int32_t n      = context.model->n_vocab;
    sampler.candidates.resize(static_cast<size_t>(n));
    for (llama_token token = 0; token < n; token++) {
        sampler.candidates[static_cast<size_t>(token)] = { token, logits[token], 0.0F };
    }
    return { sampler.candidates.data(), sampler.candidates.size(), -1, false };
}

// The grammars of the chain, or all but the grammars. A chain with a grammar is never attached: its steps are its samplers.
void apply(const Sampler & sampler, bool grammars, llama_token_data_array * candidates) {
    for (size_t i = 0; i < sampler.steps.size(); i++) {
        llama_sampler * step = llama_sampler_chain_get(sampler.chain, static_cast<int32_t>(i));
        if (sampler.steps[i].grammar == grammars && step->iface->apply != nullptr) {
            llama_sampler_apply(step, candidates);
        }
    }
}

bool masked(const llama_token_data & candidate) {
    return candidate.logit == -INFINITY;
}

bool allowed(const Sampler & sampler, llama_token token) {
    llama_token_data       one   = { token, 1.0F, 0.0F };
    llama_token_data_array array = { &one, 1, -1, false };
    apply(sampler, true, &array);
    return !masked(one);
}

llama_token selected(const llama_token_data_array & candidates) {
    if (candidates.selected < 0 || candidates.selected >= static_cast<int64_t>(candidates.size)) {
        fail(TOKAPU_ERROR_NATIVE, "the last sampler of the chain selected no token");
    }
    return candidates.data[candidates.selected].id;
}

}  // namespace

int32_t sample_by_grammar(Sampler & sampler, Context & context, int32_t index) {
    llama_token_data_array candidates = offer(sampler, context, index);
    apply(sampler, false, &candidates);
    llama_token token = selected(candidates);
    if (!allowed(sampler, token)) {
        candidates = offer(sampler, context, index);
        apply(sampler, true, &candidates);
        if (std::all_of(candidates.data, candidates.data + candidates.size, masked)) {
            fail(TOKAPU_ERROR_GRAMMAR, "no token of the vocabulary goes on as the grammar wants");
        }
        apply(sampler, false, &candidates);
        token = selected(candidates);
        if (!allowed(sampler, token)) {
            fail(TOKAPU_ERROR_GRAMMAR, "the other samplers of the chain leave no token that the grammar allows");
        }
    }
    llama_sampler_accept(sampler.chain, token);
    return token;
}

}  // namespace tokapu
