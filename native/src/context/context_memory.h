// What a context takes of the host's memory for good.
#pragma once

#include "model/model.h"

namespace tokapu {

// Fails when KV cache and recurrent state exceed so many MiB of the host's memory; 0 for what the machine has.
void check_host_memory(const Model & model, const llama_context_params & params, int64_t most_mib);

}  // namespace tokapu
