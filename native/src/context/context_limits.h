// Options of a context that only fit together in some ways, and options that the machine bounds.
#pragma once

#include "context/context.h"

namespace tokapu {

// The number of tokens that the options ask for: n_ctx, where it is 0 as many as the model was trained with.
uint32_t context_tokens(const llama_model & model, const llama_context_params & params);

// Changes what can be changed without harm (compute threads, the micro-batch where texts are pooled) and fails for the rest.
void fit_options(const Model & model, llama_context_params & params);

// At most as many compute threads as this process may use processors: they wait for each other by spinning, so that one more
// makes each step take as long as the scheduler lets others run.
int32_t bounded_threads(int32_t n_threads, const char * name);

}  // namespace tokapu
