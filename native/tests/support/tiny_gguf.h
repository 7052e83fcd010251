/* Writes a tiny llama model with random weights: 2 layers, embedding size 64, 320 tokens, F32, less than 1 MB. */
#ifndef TINY_GGUF_H
#define TINY_GGUF_H

#include <stdbool.h>
#include <stdint.h>

struct tiny_options {
    bool         duplicate_token; /* two tokens with the same text, which llama.cpp answers with an assertion */
    const char * chat_template;   /* NULL: none */
};

/* Returns 0, or -1 when the file cannot be written. */
int tiny_gguf_write(const char * path, struct tiny_options options);

/* Writes a LoRA adapter of rank 4 for attn_q and ffn_down of the first layer; columns: 64, as the model has. */
int tiny_adapter_write(const char * path, const char * architecture, int64_t columns);

#endif
