#include "sampler_run.h"

#include <algorithm>
#include <cmath>

namespace tokapu {

namespace {

// All tokens, or what the first part of the chain has left of them on the device.
llama_token_data_array offer(Sampler & sampler, Context & context, int32_t index) {
    const llama_token * tokens        = llama_get_sampled_candidates_ith(context.llama, index);
    const float *       probabilities = llama_get_sampled_probs_ith(context.llama, index);
    const float *       logits        = llama_get_sampled_logits_ith(context.llama, index);
    size_t              n             = llama_get_sampled_logits_count_ith(context.llama, index);
    if (logits == nullptr) {
        tokens        = nullptr;
        probabilities = nullptr;
        logits        = llama_get_logits_ith(context.llama, index);
        n             = static_cast<size_t>(context.model->n_vocab);
    }
    sampler.candidates.resize(n);
    for (size_t i = 0; i < n; i++) {
        sampler.candidates[i] = { tokens == nullptr ? static_cast<llama_token>(i) : tokens[i], logits[i],
                                  probabilities == nullptr ? 0.0F : probabilities[i] };
    }
    return { sampler.candidates.data(), sampler.candidates.size(), -1, false };
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

int32_t run_and_accept(Sampler & sampler, Context & context, int32_t index) {
    llama_token_data_array candidates = offer(sampler, context, index);
    apply_others(sampler, &candidates);
    llama_token token = selected(candidates);
    if (!allowed(sampler, token)) {
        candidates = offer(sampler, context, index);
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
