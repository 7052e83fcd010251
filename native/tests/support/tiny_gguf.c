#include "tiny_gguf.h"

#include "ggml.h"
#include "gguf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { N_VOCAB = 320, N_EMBD = 64, N_LAYER = 2, N_HEAD = 4, N_HEAD_KV = 2, N_FF = 128, N_CTX = 512 };

static uint32_t random_state;

static float random_weight(void) {
    random_state = random_state * 1664525U + 1013904223U;
    return ((float) (random_state >> 8) / (float) (1 << 24) - 0.5F) * 0.2F;
}

static void add_tensor(struct gguf_context * gguf, struct ggml_context * ggml, const char * name, int64_t ne0, int64_t ne1,
                       float base) {
    struct ggml_tensor * tensor =
        ne1 == 0 ? ggml_new_tensor_1d(ggml, GGML_TYPE_F32, ne0) : ggml_new_tensor_2d(ggml, GGML_TYPE_F32, ne0, ne1);
    float * data = ggml_get_data(tensor);
    for (int64_t i = 0; i < ggml_nelements(tensor); i++) {
        data[i] = base + random_weight();
    }
    ggml_set_name(tensor, name);
    gguf_add_tensor(gguf, tensor);
}

static void add_vocab(struct gguf_context * gguf, bool duplicate) {
    static char texts[N_VOCAB][16];
    const char * tokens[N_VOCAB];
    float        scores[N_VOCAB];
    int32_t      types[N_VOCAB];
    for (int i = 0; i < N_VOCAB; i++) {
        types[i]  = 1; /* normal */
        scores[i] = -(float) i;
        if (i == 0) {
            strcpy(texts[i], "<unk>");
            types[i] = 2;
        } else if (i <= 2) {
            strcpy(texts[i], i == 1 ? "<s>" : "</s>");
            types[i] = 3; /* control */
        } else if (i < 3 + 256) {
            snprintf(texts[i], sizeof(texts[i]), "<0x%02X>", i - 3);
            types[i] = 6; /* byte */
        } else if (i < 3 + 256 + 26) {
            snprintf(texts[i], sizeof(texts[i]), "%c", 'a' + i - 259);
        } else if (i == 285) {
            strcpy(texts[i], "\xe2\x96\x81"); /* a space */
        } else {
            snprintf(texts[i], sizeof(texts[i]), "\xe2\x96\x81%c%c", 'a' + (i - 286) % 26, 'a' + (i - 286) / 26);
        }
        tokens[i] = texts[i];
    }
    if (duplicate) {
        tokens[300] = tokens[301];
    }
    gguf_set_val_str(gguf, "tokenizer.ggml.model", "llama");
    gguf_set_val_str(gguf, "tokenizer.ggml.pre", "default");
    gguf_set_arr_str(gguf, "tokenizer.ggml.tokens", tokens, N_VOCAB);
    gguf_set_arr_data(gguf, "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32, scores, N_VOCAB);
    gguf_set_arr_data(gguf, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types, N_VOCAB);
    gguf_set_val_u32(gguf, "tokenizer.ggml.bos_token_id", 1);
    gguf_set_val_u32(gguf, "tokenizer.ggml.eos_token_id", 2);
    gguf_set_val_u32(gguf, "tokenizer.ggml.unknown_token_id", 0);
    gguf_set_val_bool(gguf, "tokenizer.ggml.add_bos_token", true);
}

static void add_parameters(struct gguf_context * gguf) {
    gguf_set_val_str(gguf, "general.architecture", "llama");
    gguf_set_val_str(gguf, "general.name", "tiny");
    gguf_set_val_u32(gguf, "llama.vocab_size", N_VOCAB);
    gguf_set_val_u32(gguf, "llama.context_length", N_CTX);
    gguf_set_val_u32(gguf, "llama.embedding_length", N_EMBD);
    gguf_set_val_u32(gguf, "llama.block_count", N_LAYER);
    gguf_set_val_u32(gguf, "llama.feed_forward_length", N_FF);
    gguf_set_val_u32(gguf, "llama.attention.head_count", N_HEAD);
    gguf_set_val_u32(gguf, "llama.attention.head_count_kv", N_HEAD_KV);
    gguf_set_val_u32(gguf, "llama.rope.dimension_count", N_EMBD / N_HEAD);
    gguf_set_val_f32(gguf, "llama.attention.layer_norm_rms_epsilon", 1e-5F);
}

static void add_layer(struct gguf_context * gguf, struct ggml_context * ggml, int layer) {
    static const struct {
        const char * name;
        int64_t      ne0;
        int64_t      ne1;
        float        base;
    } parts[] = {
        { "attn_norm", N_EMBD, 0, 1 },
        { "attn_q", N_EMBD, N_EMBD, 0 },
        { "attn_k", N_EMBD, N_EMBD / N_HEAD * N_HEAD_KV, 0 },
        { "attn_v", N_EMBD, N_EMBD / N_HEAD * N_HEAD_KV, 0 },
        { "attn_output", N_EMBD, N_EMBD, 0 },
        { "ffn_norm", N_EMBD, 0, 1 },
        { "ffn_gate", N_EMBD, N_FF, 0 },
        { "ffn_up", N_EMBD, N_FF, 0 },
        { "ffn_down", N_FF, N_EMBD, 0 },
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        char name[64];
        snprintf(name, sizeof(name), "blk.%d.%s.weight", layer, parts[i].name);
        add_tensor(gguf, ggml, name, parts[i].ne0, parts[i].ne1, parts[i].base);
    }
}

int tiny_gguf_write(const char * path, struct tiny_options options) {
    struct ggml_init_params params = { /*mem_size*/ 4U << 20U, /*mem_buffer*/ NULL, /*no_alloc*/ false };
    struct ggml_context *   ggml   = ggml_init(params);
    struct gguf_context *   gguf   = gguf_init_empty();
    random_state                   = 42;
    add_parameters(gguf);
    add_vocab(gguf, options.duplicate_token);
    if (options.chat_template != NULL) {
        gguf_set_val_str(gguf, "tokenizer.chat_template", options.chat_template);
    }
    add_tensor(gguf, ggml, "token_embd.weight", N_EMBD, N_VOCAB, 0);
    for (int layer = 0; layer < N_LAYER; layer++) {
        add_layer(gguf, ggml, layer);
    }
    add_tensor(gguf, ggml, "output_norm.weight", N_EMBD, 0, 1);
    add_tensor(gguf, ggml, "output.weight", N_EMBD, N_VOCAB, 0);
    const bool written = gguf_write_to_file(gguf, path, false);
    gguf_free(gguf);
    ggml_free(ggml);
    return written ? 0 : -1;
}

int tiny_adapter_write(const char * path, const char * architecture, int64_t columns) {
    struct ggml_init_params params = { /*mem_size*/ 1U << 20U, /*mem_buffer*/ NULL, /*no_alloc*/ false };
    struct ggml_context *   ggml   = ggml_init(params);
    struct gguf_context *   gguf   = gguf_init_empty();
    random_state                   = 7;
    gguf_set_val_str(gguf, "general.type", "adapter");
    gguf_set_val_str(gguf, "adapter.type", "lora");
    gguf_set_val_str(gguf, "general.architecture", architecture);
    gguf_set_val_f32(gguf, "adapter.lora.alpha", 64.0F);
    add_tensor(gguf, ggml, "blk.0.attn_q.weight.lora_a", columns, 4, 0);
    add_tensor(gguf, ggml, "blk.0.attn_q.weight.lora_b", 4, N_EMBD, 0);
    add_tensor(gguf, ggml, "blk.0.ffn_down.weight.lora_a", N_FF, 4, 0);
    add_tensor(gguf, ggml, "blk.0.ffn_down.weight.lora_b", 4, N_EMBD, 0);
    const bool written = gguf_write_to_file(gguf, path, false);
    gguf_free(gguf);
    ggml_free(ggml);
    return written ? 0 : -1;
}
