// A model file tried in another process, before it is trusted in this one.
#pragma once

#include "model/model_options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tokapu {

// What is to be tried: whole files, or (offset >= 0) a range of one file or of an open descriptor.
struct Probed {
    std::vector<std::string> paths;
    int                      fd     = -1;
    int64_t                  offset = -1;
    int64_t                  size   = 0;  // bytes, of all files together
};

// Fails when llama.cpp ended that process. Answers whether the file was found sound: false where no process can be started, or
// where the file was refused there.
bool probe(const ModelLoad & load, const Probed & probed, const std::string & name);

// Validates the data of all tensors there, because llama.cpp writes what it finds to stderr. Fails when it finds something;
// answers false where no process can be started.
bool check_tensors_apart(const ModelLoad & load, const Probed & probed, const std::string & name);

}  // namespace tokapu
