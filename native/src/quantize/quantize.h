// A model file quantized by llama.cpp, in another process.
#pragma once

#include "model/model_options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tokapu {

struct QuantizeRule {
    std::string pattern;
    ggml_type   type;
};

// What is to be done; everything is checked.
struct QuantizeJob {
    std::string                          input;
    std::string                          output;
    std::string                          imatrix;  // empty: none
    std::vector<int64_t>                 options;  // TOKAPU_QUANTIZE_I_COUNT of them
    std::vector<QuantizeRule>            rules;
    std::vector<llama_model_kv_override> overrides;
    std::vector<int32_t>                 pruned;
};

// Does it in this process, which a failed assertion may end.
void quantize_here(const QuantizeJob & job);

// Has another process do it. Answers name TAB type of each tensor, a line each.
std::string quantize_apart(const QuantizeJob & job, Progress & progress);

}  // namespace tokapu
