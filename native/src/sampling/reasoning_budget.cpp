#include "sampling/reasoning_budget.h"

// common.h has to be there first
#include "common.h"
#include "reasoning-budget.h"

#include "core/arguments.h"

namespace tokapu {

namespace {

constexpr int32_t LONGEST = 1 << 16;  // tokens of a tag or of what is forced
constexpr int32_t MOST    = 64;       // ends

// llama.cpp's sampler, and whether somebody wants the thought to end.
struct Budget {
    llama_sampler *                    inner;
    llama_tokens                       begun;  // what the prompt has of the answer's thought
    std::shared_ptr<std::atomic<bool>> end;
};

Budget & budget_of(const llama_sampler * sampler) {
    return *static_cast<Budget *>(sampler->ctx);
}

llama_sampler * new_budget(Budget budget);

void begin(const Budget & budget) {
    for (const llama_token token : budget.begun) {
        llama_sampler_accept(budget.inner, token);
    }
}

const char * budget_name(const llama_sampler * /*sampler*/) {
    return "reasoning-budget";
}

void budget_accept(llama_sampler * sampler, llama_token token) {
    llama_sampler_accept(budget_of(sampler).inner, token);
}

void budget_apply(llama_sampler * sampler, llama_token_data_array * candidates) {
    const Budget & budget = budget_of(sampler);
    if (budget.end->exchange(false, std::memory_order_acq_rel)) {
        common_reasoning_budget_force(budget.inner);
    }
    llama_sampler_apply(budget.inner, candidates);
}

void budget_reset(llama_sampler * sampler) {
    budget_of(sampler).end->store(false, std::memory_order_release);
    llama_sampler_reset(budget_of(sampler).inner);
    begin(budget_of(sampler));
}

llama_sampler * budget_clone(const llama_sampler * sampler) {
    const Budget & budget = budget_of(sampler);
    return new_budget({ llama_sampler_clone(budget.inner), budget.begun, budget.end });
}

void budget_free(llama_sampler * sampler) {
    llama_sampler_free(budget_of(sampler).inner);
    delete &budget_of(sampler);
}

llama_sampler_i budget_functions = {
    budget_name, budget_accept, budget_apply, budget_reset, budget_clone, budget_free,
    nullptr,     nullptr,       nullptr,      nullptr,      nullptr,      nullptr,
};

llama_sampler * new_budget(Budget budget) {
    return llama_sampler_init(&budget_functions, new Budget(std::move(budget)));
}

std::vector<llama_token> tokens_in(const Sampler & sampler, const int32_t * tokens, int32_t n, const char * name) {
    require_range(n, 1, LONGEST, name);
    require(tokens, name);
    for (int32_t i = 0; i < n; i++) {
        require_token(*sampler.model, tokens[i], name);
    }
    return { tokens, tokens + n };
}

}  // namespace

bool in_thought(const Sampler & sampler) {
    if (!sampler.has_budget) {
        return false;
    }
    const common_reasoning_budget_state state = common_reasoning_budget_get_state(budget_of(step_sampler(sampler, 0)).inner);
    return state != REASONING_BUDGET_IDLE && state != REASONING_BUDGET_DONE;
}

std::vector<llama_token> thought_end(const Sampler & sampler) {
    const llama_tokens * end = common_reasoning_budget_get_end_match(budget_of(step_sampler(sampler, 0)).inner);
    return end == nullptr ? llama_tokens{} : *end;
}

void own_reasoning_budget(const Sampler & sampler) {
    if (sampler.has_budget) {
        budget_of(step_sampler(sampler, 0)).end = sampler.end_reasoning;
    }
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_reasoning_add_budget(int64_t sampler, const int32_t * start, int32_t n_start, const int32_t * ends,
                                            const int32_t * end_lengths, int32_t n_ends, const int32_t * forced,
                                            int32_t n_forced, int32_t budget, int32_t thinking) {
    constexpr Step BUDGET = { OnDevice::never, false, false, false, false, false, true };
    return append(sampler, BUDGET, [=](Sampler & object) {
        if (!object.steps.empty()) {
            fail(TOKAPU_ERROR_ARGUMENT, "a reasoning budget must be the first sampler of its chain");
        }
        require_vocab(*object.model);
        require_range(budget, 0, INT32_MAX, "budget");
        require_flag(thinking, "thinking");
        require_range(n_ends, 1, MOST, "n_ends");
        require(ends, "ends");
        require(end_lengths, "end_lengths");
        const llama_tokens        tag   = tokens_in(object, start, n_start, "start");
        const llama_tokens        force = tokens_in(object, forced, n_forced, "forced");
        std::vector<llama_tokens> list;
        const int32_t *           at = ends;
        for (int32_t i = 0; i < n_ends; i++) {
            list.push_back(tokens_in(object, at, end_lengths[i], "an end"));
            at += end_lengths[i];
        }
        llama_sampler * inner = common_reasoning_budget_init(object.model->vocab, { tag }, list, force, budget);
        object.has_budget     = true;
        const Budget made{ inner, thinking != 0 ? tag : llama_tokens{}, object.end_reasoning };
        begin(made);
        return new_budget(made);
    });
}

int32_t tokapu_reasoning_end(int64_t sampler) {
    return guarded([&] {
        const auto object = get<Sampler>(sampler);
        if (!object->has_budget) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "this sampler chain has no reasoning budget");
        }
        object->end_reasoning->store(true, std::memory_order_release);
        return TOKAPU_OK;
    });
}

}  // extern "C"
