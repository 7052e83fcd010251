// What the layers of a model put out while a context computes.
#pragma once

#include "ggml.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tokapu {

class LayerOutputs {
  public:
    // A ggml_backend_sched_eval_callback whose data is one of these. Never stops the computation.
    static bool on_tensor(ggml_tensor * tensor, bool ask, void * data) noexcept;

    std::map<int32_t, std::vector<float>> layers;   // of the last micro-batch: [n_embd, tokens]
    std::string                           problem;  // empty: none; otherwise nothing was kept since
};

}  // namespace tokapu
