// What llama_sampler_sample() leaves to its callers.
#pragma once

#include "context/context.h"
#include "sampling/sampler.h"

#include <utility>

namespace tokapu {

// Fails for a chain whose grammar refused a token.
void require_usable(const Sampler & sampler);

// Sorting candidates by NaN is undefined behavior in llama.cpp. (Infinities are legal: masked candidates.)
bool has_nan(const float * values, int32_t n);

// The model made a NaN.
[[noreturn]] void fail_nan();

// Fails when logits that the model computed have one.
void require_no_nan(const float * logits, int32_t n);

// A grammar that is given a token it forbids throws, or aborts when the token ends the generation. The grammar is unusable
// until it is reset; the rest of the chain is sound.
template <class F> auto with_grammar(Sampler & sampler, F && body) {
    if (!sampler.has_grammar) {
        return poisoning(sampler, std::forward<F>(body));
    }
    try {
        return std::forward<F>(body)();
    } catch (const AbortException &) {
        sampler.needs_reset = true;
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar does not allow the text to end here");
    } catch (const Failure &) {
        throw;
    } catch (const std::bad_alloc &) {
        sampler.needs_reset = true;
        throw;
    } catch (const std::exception & e) {
        sampler.needs_reset = true;
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar does not allow this token: %s", e.what());
    }
}

// The numbers of one output, ready to be sampled from.
struct Row {
    const float * logits;  // of token i at index i
    int32_t       n;
};

// Tells the chain of a token of the answer.
void accept(Sampler & sampler, llama_token token);

// Samples and accepts. Grammars are treated as llama.cpp's common_sampler_sample() does: they look at the token that the other
// samplers chose, and mask the whole vocabulary only when they forbid it. Random generators draw a second time then, as there.
// Threads may sample from rows of one context at the same time, each with its own chain.
int32_t pick_and_accept(Sampler & sampler, const Row & row);

}  // namespace tokapu
