// What llama_sampler_sample() leaves to its callers.
#pragma once

#include "context.h"
#include "sampler.h"

namespace tokapu {

// Samples and accepts. Grammars are treated as llama.cpp's common_sampler_sample() does: they look at the token that the other
// samplers chose, and mask the whole vocabulary only when they forbid it. Random generators draw a second time then, as there.
int32_t run_and_accept(Sampler & sampler, Context & context, int32_t index);

}  // namespace tokapu
