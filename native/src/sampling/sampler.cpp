// Sampler chains: life, sampling, accepting.
#include "sampling/sampler.h"

#include "context/context.h"
#include "core/arguments.h"
#include "sampling/reasoning_budget.h"
#include "sampling/sampler_callback.h"
#include "sampling/sampler_pick.h"

namespace tokapu {

llama_sampler * new_chain() {
    llama_sampler_chain_params params = llama_sampler_chain_default_params();
    params.no_perf                    = true;
    llama_sampler * chain             = llama_sampler_chain_init(params);
    if (chain == nullptr) {
        fail(TOKAPU_ERROR_NATIVE, "a sampler chain could not be created");
    }
    return chain;
}

llama_sampler * step_sampler(const Sampler & sampler, size_t step) {
    const auto index  = static_cast<int32_t>(step);
    const bool behind = sampler.barrier >= 0 && index >= sampler.barrier;
    return llama_sampler_chain_get(sampler.chain, index + (behind ? 1 : 0));
}

namespace {

void accept_prompt(const Sampler & sampler, const int32_t * tokens, int32_t n) {
    for (size_t step = 0; step < sampler.steps.size(); step++) {
        const Step & kind = sampler.steps[step];
        if (kind.grammar || kind.callback || kind.budget) {
            continue;
        }
        llama_sampler * accepting = step_sampler(sampler, step);
        for (int32_t i = 0; i < n; i++) {
            llama_sampler_accept(accepting, tokens[i]);
        }
    }
}

struct Candidates {
    int32_t * tokens;
    float *   logits;
    float *   probabilities;
    int32_t   n;
};

void check_candidates(const Sampler & sampler, const Candidates & candidates) {
    require(candidates.tokens, "tokens");
    require(candidates.logits, "logits");
    require(candidates.probabilities, "probabilities");
    require_range(candidates.n, 1, sampler.model->n_vocab, "the number of candidates");
    for (int32_t i = 0; i < candidates.n; i++) {
        require_token(*sampler.model, candidates.tokens[i], "a candidate");
    }
    if (has_nan(candidates.logits, candidates.n)) {
        fail(TOKAPU_ERROR_ARGUMENT, "a candidate's logit is NaN");
    }
}

void apply(Sampler & sampler, const Candidates & candidates, int32_t * n_left, int32_t * selected) {
    require_usable(sampler);
    if (sampler.attachment != nullptr) {
        fail_attached("applied to candidates");
    }
    check_candidates(sampler, candidates);
    std::vector<llama_token_data> data(static_cast<size_t>(candidates.n));
    for (size_t i = 0; i < data.size(); i++) {
        data[i] = { candidates.tokens[i], candidates.logits[i], candidates.probabilities[i] };
    }
    llama_token_data_array array = { data.data(), data.size(), -1, false };
    with_grammar(sampler, [&] {
        llama_sampler_apply(sampler.chain, &array);
        return 0;
    });
    if (array.size > data.size()) {
        fail(TOKAPU_ERROR_NATIVE, "the chain returned more candidates than it was given");
    }
    for (size_t i = 0; i < array.size; i++) {
        candidates.tokens[i]        = array.data[i].id;
        candidates.logits[i]        = array.data[i].logit;
        candidates.probabilities[i] = array.data[i].p;
    }
    *n_left   = static_cast<int32_t>(array.size);
    *selected = static_cast<int32_t>(array.selected);
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_sampler_new(int64_t model, int64_t * sampler) {
    return guarded([&] {
        require(sampler, "sampler");
        const auto owner = get<Model>(model);
        *sampler         = put_handle(std::make_shared<Sampler>(owner, new_chain()));
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_free(int64_t sampler) {
    return guarded([&] {
        take_handle(sampler, Kind::sampler);
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_clone(int64_t sampler, int64_t * clone) {
    return guarded([&] {
        require(clone, "clone");
        const auto      object = get<Sampler>(sampler);
        const InSampler inside(*object);
        require_usable(*object);
        llama_sampler * chain = poisoning(*object, [&] { return detached_copy(*object); });
        auto copy          = std::make_shared<Sampler>(object->model, chain);
        copy->steps        = object->steps;
        copy->has_grammar  = object->has_grammar;
        copy->has_callback = object->has_callback;
        copy->has_budget   = object->has_budget.load();
        clone_callbacks(*copy);
        own_reasoning_budget(*copy);
        *clone = put_handle(std::move(copy));
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_apply(int64_t sampler, int32_t * tokens, float * logits, float * probabilities, int32_t n,
                             int32_t * n_left, int32_t * selected) {
    return guarded([&] {
        require(n_left, "n_left");
        require(selected, "selected");
        const auto      object = get<Sampler>(sampler);
        const InSampler inside(*object);
        apply(*object, { tokens, logits, probabilities, n }, n_left, selected);
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_accept(int64_t sampler, int32_t token) {
    return guarded([&] {
        const auto      object = get<Sampler>(sampler);
        const InSampler inside(*object);
        require_usable(*object);
        require_token(*object->model, token, "token");
        with_grammar(*object, [&] {
            accept(*object, token);
            return 0;
        });
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_accept_prompt(int64_t sampler, const int32_t * tokens, int32_t n_tokens) {
    return guarded([&] {
        const auto      object = get<Sampler>(sampler);
        const InSampler inside(*object);
        require_usable(*object);
        require_range(n_tokens, 0, INT32_MAX, "n_tokens");
        if (n_tokens > 0) {
            require(tokens, "tokens");
        }
        for (int32_t i = 0; i < n_tokens; i++) {
            require_token(*object->model, tokens[i], "a token of the prompt");
        }
        poisoning(*object, [&] { accept_prompt(*object, tokens, n_tokens); });
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_reset(int64_t sampler) {
    return guarded([&] {
        const auto      object = get<Sampler>(sampler);
        const InSampler inside(*object);
        poisoning(*object, [&] { llama_sampler_reset(object->chain); });
        object->needs_reset = false;
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_seed(int64_t sampler, int32_t * seed) {
    return guarded([&] {
        require(seed, "seed");
        const auto      object = get<Sampler>(sampler);
        const InSampler inside(*object);
        *seed = static_cast<int32_t>(llama_sampler_get_seed(object->chain));
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_count(int64_t sampler, int32_t * n) {
    return guarded([&] {
        require(n, "n");
        const auto      object = get<Sampler>(sampler);
        const InSampler inside(*object);
        *n = static_cast<int32_t>(object->steps.size());
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_name(int64_t sampler, int32_t index, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto      object = get<Sampler>(sampler);
        const InSampler inside(*object);
        require_range(index, 0, static_cast<int64_t>(object->steps.size()) - 1, "the sampler index");
        const std::string name = llama_sampler_name(step_sampler(*object, static_cast<size_t>(index)));
        // On a device llama.cpp writes + or - before the name.
        return text_out(name.find_first_of("+-") == 0 ? name.substr(1) : name, buf, capacity, length);
    });
}

}  // extern "C"
