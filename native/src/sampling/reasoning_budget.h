// Ends thoughts that have become too long, or that somebody wants to end.
#pragma once

#include "sampling/sampler.h"

#include <vector>

namespace tokapu {

// Whether the answer is inside a thought; false for a chain without a budget.
bool in_thought(const Sampler & sampler);

// The tokens that ended the last thought; none when there was no thought.
std::vector<llama_token> thought_end(const Sampler & sampler);

// After a chain was copied its budget listens to the original: makes it listen to the copy.
void own_reasoning_budget(const Sampler & sampler);

}  // namespace tokapu
