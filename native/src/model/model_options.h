#pragma once

#include "llama.h"
#include "model/placement.h"
#include "tokapu.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tokapu {

// The caller's progress callback, and whether it asked to stop.
struct Progress {
    tokapu_progress_callback callback;
    int64_t                  user_data;
    bool                     cancelled;
};

// A llama_progress_callback whose data is a Progress: tells it a fraction, until it asks to stop.
bool on_progress(float value, void * data);

// The parameters of one load; params points into the other members.
struct ModelLoad {
    llama_model_params                   params = llama_model_default_params();
    std::vector<llama_model_kv_override> overrides;
    Progress                             progress = { nullptr, 0, false };
    int64_t                              probe    = TOKAPU_PROBE_CHECK;

    std::shared_ptr<Placement>                    placement;  // NULL: llama.cpp's own
    std::vector<ggml_backend_dev_t>               devices;    // ends with NULL
    std::vector<float>                            tensor_split;
    std::vector<llama_model_tensor_buft_override> buffer_types;  // ends with a NULL pattern
};

// Fills load in place, checking every value.
void read_model_options(ModelLoad & load, const int64_t * options, int32_t n_options, const char * overrides,
                        int32_t n_overrides, int64_t placement, tokapu_progress_callback progress, int64_t user_data);

// Metadata overrides, 3 texts each.
std::vector<llama_model_kv_override> read_overrides(const char * overrides, int32_t n_overrides);

// Adds them to the arguments of a program: how many they are, then 3 texts each.
void add_overrides(std::vector<std::string> & arguments, const std::vector<llama_model_kv_override> & overrides);

// The rest of it: which devices hold what.
void read_placement(ModelLoad & load, const int64_t * options, int64_t placement);

}  // namespace tokapu
