#include "model/model_check.h"

#include "core/guard.h"
#include "ggml-cpp.h"
#include "gguf.h"
#include "llama-model.h"  // internal: hyperparameters and tensors
#include "platform/files.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

namespace tokapu {

namespace {

// A number that llama.cpp divides by while it loads models of these architectures (none: of all). Where it has no default, the
// file must have it.
struct Divisor {
    const char *              key;
    bool                      required;
    std::vector<const char *> architectures;
};

const std::vector<Divisor> & divisors() {
    static const auto * list = new std::vector<Divisor>{
        { "full_attention_interval", false, {} },
        { "wkv.head_size", false, {} },
        { "attention.output_group_count", false, {} },
        { "conv_group_size", false, {} },
        { "experts_per_group", true, { "grovemoe" } },
        { "attention.head_count", true, { "olmo2", "phimoe" } },
        { "ssm.group_count", false, { "mamba2", "falcon-h1", "granitehybrid", "nemotron_h", "nemotron_h_moe" } },
        { "expert_used_count", true,
          { "glm4moe", "grovemoe", "llada-moe", "mellum", "qwen2moe", "qwen3moe", "qwen3next", "qwen3vlmoe", "qwen35moe",
            "qwen4exp", "rnd1" } },
    };
    return *list;
}

// A size that must be a whole number of vectors: a kernel of the CPU has no code for the rest and writes past the end of the state.
// The vectors are the longest ones of any CPU, so that a file loads on all machines or on none; known models have these sizes.
struct WholeVectors {
    const char *              key;
    int64_t                   floats;
    std::vector<const char *> architectures;
};

const std::vector<WholeVectors> & whole_vectors() {
    static const auto * list = new std::vector<WholeVectors>{
        { "wkv.head_size", 64, { "rwkv7", "arwkv7" } },  // four registers of AVX-512
        { "ssm.state_size", 16, { "mamba", "jamba" } },  // one of SVE with 512 bits
    };
    return *list;
}

[[noreturn]] void refuse(const std::string & name, const std::string & reason) {
    fail(TOKAPU_ERROR_MODEL, "cannot load model %s: %s", name.c_str(), reason.c_str());
}

// A natural number, or the first of an array of them.
std::optional<int64_t> number(const gguf_context * gguf, int64_t id) {
    gguf_type    type = gguf_get_kv_type(gguf, id);
    const void * data = nullptr;
    if (type == GGUF_TYPE_ARRAY) {
        type = gguf_get_arr_type(gguf, id);
        if (type == GGUF_TYPE_STRING || type == GGUF_TYPE_ARRAY || gguf_get_arr_n(gguf, id) == 0) {
            return std::nullopt;
        }
        data = gguf_get_arr_data(gguf, id);
    } else if (type != GGUF_TYPE_STRING) {
        data = gguf_get_val_data(gguf, id);
    }
    const auto as = [data](auto value) {
        std::memcpy(&value, data, sizeof(value));
        return static_cast<int64_t>(value);
    };
    switch (type) {
        case GGUF_TYPE_UINT32:
            return as(uint32_t{});
        case GGUF_TYPE_INT32:
            return as(int32_t{});
        default:
            return std::nullopt;  // llama.cpp refuses these types
    }
}

std::optional<int64_t> value_of(const gguf_context * gguf, const ModelLoad & load, const std::string & key) {
    for (const llama_model_kv_override & item : load.overrides) {
        if (key == item.key && item.tag == LLAMA_KV_OVERRIDE_TYPE_INT) {
            return item.val_i64;
        }
    }
    const int64_t id = gguf_find_key(gguf, key.c_str());
    return id < 0 ? std::nullopt : number(gguf, id);
}

// A text as llama.cpp reads it; empty where there is none.
std::string text_of(const gguf_context * gguf, const ModelLoad & load, const std::string & key) {
    for (const llama_model_kv_override & item : load.overrides) {
        if (key == item.key && item.tag == LLAMA_KV_OVERRIDE_TYPE_STR) {
            return item.val_str;
        }
    }
    const int64_t id = gguf_find_key(gguf, key.c_str());
    return id < 0 || gguf_get_kv_type(gguf, id) != GGUF_TYPE_STRING ? "" : gguf_get_val_str(gguf, id);
}

bool contains(const std::vector<const char *> & architectures, const std::string & architecture) {
    return std::find(architectures.begin(), architectures.end(), architecture) != architectures.end();
}

void check_divisors(const gguf_context * gguf, const ModelLoad & load, const std::string & architecture, const std::string & name) {
    for (const Divisor & divisor : divisors()) {
        if (!divisor.architectures.empty() && !contains(divisor.architectures, architecture)) {
            continue;
        }
        const std::string key   = architecture + "." + divisor.key;
        const auto        value = value_of(gguf, load, key);
        if (value ? *value <= 0 : divisor.required) {
            refuse(name, value ? key + " is " + std::to_string(*value) + "; it must be 1 or more" :
                                 "it has no " + key + ", which models of this architecture need");
        }
    }
}

void check_vectors(const gguf_context * gguf, const ModelLoad & load, const std::string & architecture, const std::string & name) {
    for (const WholeVectors & one : whole_vectors()) {
        const std::string key   = architecture + "." + one.key;
        const auto        value = value_of(gguf, load, key);
        if (contains(one.architectures, architecture) && value && *value % one.floats != 0) {
            refuse(name, key + " is " + std::to_string(*value) + "; it must be a multiple of " + std::to_string(one.floats) +
                             ", since llama.cpp's kernels compute whole vectors");
        }
    }
}

void check_epsilon(float value, const char * what, const std::string & name) {
    if (!std::isfinite(value) || value < 0) {
        refuse(name, std::string("its ") + what + " epsilon is " + std::to_string(value) +
                         "; it must be 0 or a small positive number");
    }
}

// Tables of token ids, which are looked up and never multiplied.
bool is_table(const std::string & tensor) {
    return tensor == "d2t" || tensor == "t2d" || tensor.find("tid2eid") != std::string::npos;
}

void check_types(const llama_model & model, const std::string & name) {
    for (const auto & [tensor_name, tensor] : model.tensors_by_name) {
        if (!is_weight_type(tensor->type) && !is_table(tensor_name)) {
            refuse(name, "its tensor '" + tensor_name + "' is of type " + ggml_type_name(tensor->type) +
                             ", which is no type for weights");
        }
    }
}

void check_rope(const llama_hparams & hparams, uint32_t layer, const std::string & name) {
    const uint32_t rotated = hparams.n_rot(layer);
    const uint32_t head    = hparams.n_embd_head_k(layer);
    if (rotated == 0 || rotated % 2 != 0 || rotated > head) {
        refuse(name, "rope.dimension_count is " + std::to_string(rotated) + " for heads of " + std::to_string(head) +
                         " values in layer " + std::to_string(layer) + "; it must be even, 2 or more, and not more than a head has");
    }
}

void check_sections(const llama_hparams & hparams, const std::string & name) {
    int64_t sum = 0;
    for (const int section : hparams.rope_sections) {
        sum += section;
        if (section < 0) {
            refuse(name, "rope.dimension_sections has the negative number " + std::to_string(section));
        }
    }
    const int64_t first = sum - hparams.rope_sections[3];
    if (first == 0 || sum > hparams.n_embd_head_k()) {
        refuse(name, "rope.dimension_sections has a sum of " + std::to_string(sum) +
                         "; the first three must not all be 0, and all together not more than the " +
                         std::to_string(hparams.n_embd_head_k()) + " values of a head");
    }
}

// The tokens that llama.cpp makes up for a model without a vocabulary: 40 bytes each, and nothing in the file stands behind their
// number. Real vocabularies have up to 2^20.
constexpr int64_t MAX_MADE_UP_TOKENS = int64_t(1) << 22;

void check_made_up_tokens(const gguf_context * gguf, const ModelLoad & load, const std::string & architecture, const std::string & name) {
    const std::string tokenizer = text_of(gguf, load, "tokenizer.ggml.model");
    const std::string key       = architecture + ".vocab_size";
    const auto        size      = value_of(gguf, load, key);
    if ((tokenizer == "no_vocab" || tokenizer == "none") && size && (*size < 0 || *size > MAX_MADE_UP_TOKENS)) {
        refuse(name, key + " is " + std::to_string(*size) + "; without a vocabulary a model has 0 to " +
                         std::to_string(MAX_MADE_UP_TOKENS) + " tokens");
    }
}

void leave_out_vocabulary(const gguf_context * gguf, const std::string & architecture, ModelLoad & load) {
    const int64_t           tokens = gguf_find_key(gguf, "tokenizer.ggml.tokens");
    const std::string       key    = architecture + ".vocab_size";
    llama_model_kv_override model  = {};
    llama_model_kv_override size   = {};
    if (tokens < 0 || gguf_get_kv_type(gguf, tokens) != GGUF_TYPE_ARRAY || key.size() >= sizeof(size.key)) {
        return;
    }
    model.tag = LLAMA_KV_OVERRIDE_TYPE_STR;
    std::strcpy(model.key, "tokenizer.ggml.model");
    std::strcpy(model.val_str, "no_vocab");
    size.tag     = LLAMA_KV_OVERRIDE_TYPE_INT;
    size.val_i64 = static_cast<int64_t>(gguf_get_arr_n(gguf, tokens));
    std::memcpy(size.key, key.c_str(), key.size());
    load.overrides.insert(load.overrides.begin(), { model, size });
    if (load.params.kv_overrides == nullptr) {
        load.overrides.push_back({});
    }
    load.params.kv_overrides = load.overrides.data();
}

}  // namespace

bool is_weight_type(ggml_type type) {
    return type == GGML_TYPE_F32 || ggml_get_type_traits(type)->to_float != nullptr;
}

void check_metadata(FILE * file, ModelLoad & load, const std::string & name) {
    const int64_t          start  = tell(file);
    const gguf_init_params params = { /*no_alloc*/ true, /*ctx*/ nullptr };
    const gguf_context_ptr gguf(gguf_init_from_file_ptr(file, params));
    seek(file, start);
    const std::string architecture = gguf == nullptr ? "" : text_of(gguf.get(), load, "general.architecture");
    if (architecture.empty()) {
        return;  // llama.cpp says what is wrong with it
    }
    check_token_lengths(gguf.get(), text_of(gguf.get(), load, "tokenizer.ggml.model"), name);
    check_made_up_tokens(gguf.get(), load, architecture, name);
    check_divisors(gguf.get(), load, architecture, name);
    check_vectors(gguf.get(), load, architecture, name);
    if (load.probe == TOKAPU_PROBE_INSIDE && load.params.no_alloc) {
        leave_out_vocabulary(gguf.get(), architecture, load);
    }
}

void check_loaded(const llama_model & model, const std::string & name) {
    const llama_hparams & hparams = model.hparams;
    check_epsilon(hparams.f_norm_eps, "attention.layer_norm", name);
    check_epsilon(hparams.f_norm_rms_eps, "attention.layer_norm_rms", name);
    check_epsilon(hparams.f_norm_group_eps, "attention.group_norm", name);
    check_types(model, name);
    const int32_t rope = llama_model_rope_type(&model);
    if (rope == LLAMA_ROPE_TYPE_NONE) {
        return;
    }
    for (uint32_t il = 0; il < hparams.n_layer_all; il++) {
        if (hparams.n_head(il) > 0 && hparams.has_rope(il) && !hparams.is_recr(il)) {
            check_rope(hparams, il, name);
        }
    }
    if (rope == LLAMA_ROPE_TYPE_MROPE || rope == LLAMA_ROPE_TYPE_IMROPE) {
        check_sections(hparams, name);
    }
}

}  // namespace tokapu
