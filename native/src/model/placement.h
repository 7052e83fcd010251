#pragma once

#include "core/handles.h"
#include "llama.h"

#include <string>
#include <vector>

namespace tokapu {

// Where the parts of a model go, checked; llama.cpp reads it while it loads.
class Placement : public Object {
  public:
    static constexpr Kind KIND = Kind::placement;

    Placement() : Object(KIND) {}

    bool                            automatic = true;  // llama.cpp chooses the devices
    std::vector<ggml_backend_dev_t> devices;
    std::vector<float>              tensor_split;  // empty: by free memory
    std::vector<std::string>        patterns;
    std::vector<ggml_backend_dev_t> pattern_devices;
};

// The GPUs that llama.cpp takes when it is not told; at most those of the loaded backends.
std::vector<ggml_backend_dev_t> all_gpus();

}  // namespace tokapu
