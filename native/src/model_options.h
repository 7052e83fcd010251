#pragma once

#include "llama.h"
#include "tokapu.h"

#include <cstdint>
#include <vector>

namespace tokapu {

// The caller's progress callback, and whether it asked to stop.
struct Progress {
    tokapu_progress_callback callback;
    int64_t                  user_data;
    bool                     cancelled;
};

// The parameters of one load; params points into the other members.
struct ModelLoad {
    llama_model_params                   params = llama_model_default_params();
    std::vector<llama_model_kv_override> overrides;
    Progress                             progress = { nullptr, 0, false };
};

// Fills load in place, checking every value.
void read_model_options(ModelLoad & load, const int64_t * options, int32_t n_options, const char * overrides,
                        int32_t n_overrides, tokapu_progress_callback progress, int64_t user_data);

}  // namespace tokapu
