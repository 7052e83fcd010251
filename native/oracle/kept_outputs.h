// llama-cvector-generator reads tensors of its graph for principal components after the graph has given their memory to others:
// its directions are not of length 1, and change with --pca-batch. Here what it gives a name to keeps its memory.
#pragma once

#include "ggml.h"

inline ggml_tensor * set_kept_name(ggml_tensor * tensor, const char * name) {
    ggml_set_output(tensor);
    return ggml_set_name(tensor, name);
}

#define ggml_set_name set_kept_name
