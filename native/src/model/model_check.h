// Checks of values that llama.cpp takes on trust from a model file and that would end the process: by a division by zero, by an
// assertion on a compute thread, or by writing past the end of a state.
#pragma once

#include "gguf.h"
#include "llama.h"
#include "model/model_options.h"

#include <cstdio>
#include <string>

namespace tokapu {

// Before llama.cpp reads the file: numbers that it divides by while loading, sizes that are not whole vectors, and tokens that
// it recurses through. The position of the file is as before. With TOKAPU_PROBE_INSIDE and no_alloc, overrides make the vocabulary
// one without texts, which takes most of the time otherwise.
void check_metadata(FILE * file, ModelLoad & load, const std::string & name);

// The part of it that is about tokens; tokenizer: the name of its kind in the file.
void check_token_lengths(const gguf_context * gguf, const std::string & tokenizer, const std::string & name);

// When it has been read: what computing asserts on.
void check_loaded(const llama_model & model, const std::string & name);

// Whether kernels can read it: integers and the formats of intermediate results have no way to floats.
bool is_weight_type(ggml_type type);

}  // namespace tokapu
