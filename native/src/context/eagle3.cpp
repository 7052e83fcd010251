// EAGLE-3: a draft model in a file of its own, whose encoder makes one hidden state of those of three layers of the model that it
// drafts for. It may take that model's token embeddings and output layer.
#include "backend/devices.h"
#include "context/context.h"
#include "context/hidden_states.h"
#include "ggml-backend.h"
#include "llama-ext.h"    // staging: the layers that it reads, and hidden states
#include "llama-model.h"  // internal: its tensors

#include <algorithm>
#include <cstring>

namespace tokapu {

namespace {

// Architectures whose graphs give the inputs of their layers, one row of n_embd floats for each token.
bool tells_layers(llm_arch architecture) {
    switch (architecture) {
        case LLM_ARCH_BAILINGMOE3:
        case LLM_ARCH_GEMMA4:
        case LLM_ARCH_LFM2:
        case LLM_ARCH_LFM2MOE:
        case LLM_ARCH_LLAMA:
        case LLM_ARCH_MINIMAX_01:
        case LLM_ARCH_MINIMAX_M2:
        case LLM_ARCH_MUSE_GLIMMER:
        case LLM_ARCH_NANBEIGE:
        case LLM_ARCH_NEMOTRON_H:
        case LLM_ARCH_NEMOTRON_H_MOE:
        case LLM_ARCH_OPENAI_MOE:
        case LLM_ARCH_QWEN3:
        case LLM_ARCH_QWEN35:
        case LLM_ARCH_QWEN35MOE:
        case LLM_ARCH_QWEN3MOE:
        case LLM_ARCH_QWEN3NEXT:
            return true;
        default:
            return false;
    }
}

// Architectures whose graphs also give the output of the last layer.
bool tells_last_output(llm_arch architecture) {
    switch (architecture) {
        case LLM_ARCH_BAILINGMOE3:
        case LLM_ARCH_GEMMA4:
        case LLM_ARCH_NEMOTRON_H:
        case LLM_ARCH_NEMOTRON_H_MOE:
        case LLM_ARCH_OPENAI_MOE:
        case LLM_ARCH_QWEN35:
        case LLM_ARCH_QWEN35MOE:
        case LLM_ARCH_QWEN3NEXT:
            return true;
        default:
            return false;
    }
}

// A token outside of the vocabulary ends the process on a compute thread.
void check_vocabulary_map(const Model & draft) {
    const ggml_tensor & map = *draft.llama->d2t;
    if (map.type != GGML_TYPE_I64) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the tensor d2t of the draft model is of type %s; it must be i64", ggml_type_name(map.type));
    }
    if (draft.no_alloc) {
        return;
    }
    std::vector<int64_t> tokens(static_cast<size_t>(map.ne[0]));
    ggml_backend_tensor_get(&map, tokens.data(), 0, tokens.size() * sizeof(int64_t));
    const auto wrong =
        std::find_if(tokens.begin(), tokens.end(), [&](int64_t token) { return token < 0 || token >= draft.n_vocab; });
    if (wrong != tokens.end()) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the tensor d2t of the draft model has the token %lld; its vocabulary has the tokens 0 to %d",
             static_cast<long long>(*wrong), draft.n_vocab - 1);
    }
}

// The graphs assert it, or read as many floats.
void check_shape(const Model & draft) {
    const llama_model &   llama   = *draft.llama;
    const llama_hparams & hparams = llama.hparams;
    if (hparams.n_layer() != 1 || hparams.n_layer_nextn != 0) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the draft model has %u layers; EAGLE-3 has 1", hparams.n_layer() + hparams.n_layer_nextn);
    }
    if (hparams.n_embd_out() != hparams.n_embd || hparams.n_embd_inp() != hparams.n_embd) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the draft model's outputs have %u values (embedding_length_out), its embeddings %u",
             hparams.n_embd_out(), hparams.n_embd);
    }
    if (hparams.n_embd_head_k() != hparams.n_embd_head_v()) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the draft model's keys have %u values, its values %u; EAGLE-3 has as many",
             hparams.n_embd_head_k(), hparams.n_embd_head_v());
    }
    const llama_layer & layer = llama.layers[0];
    for (const ggml_tensor * norm : { llama.output_norm_enc, llama.output_norm, layer.attn_norm, layer.attn_norm_2, layer.ffn_norm }) {
        if (norm != nullptr && norm->type != GGML_TYPE_F32) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "the tensor %s of the draft model is of type %s; it must be f32", norm->name,
                 ggml_type_name(norm->type));
        }
    }
    if (llama.tok_embd != nullptr && llama.tok_embd->ne[1] < draft.n_vocab) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the draft model has embeddings of %lld tokens, its vocabulary %d",
             static_cast<long long>(llama.tok_embd->ne[1]), draft.n_vocab);
    }
}

// Where the draft model's scheduler can compute with it.
bool reaches(const Model & draft, const ggml_tensor & tensor) {
    if (tensor.buffer == nullptr || ggml_backend_buffer_is_host(tensor.buffer)) {
        return true;
    }
    ggml_backend_dev_t device = ggml_backend_buft_get_device(ggml_backend_buffer_get_type(tensor.buffer));
    return device == cpu_device() || std::find(draft.devices.begin(), draft.devices.end(), device) != draft.devices.end();
}

void check_shared(const Model & draft, const ggml_tensor * shared, const char * what, int64_t n_tokens) {
    if (shared == nullptr) {
        fail(TOKAPU_ERROR_ARGUMENT, "neither the draft model nor the target's has %s", what);
    }
    if (shared->ne[0] != draft.llama->hparams.n_embd) {
        fail(TOKAPU_ERROR_ARGUMENT,
             "the draft model has no %s, and those of the target's model have %lld values for each token; it takes %u", what,
             static_cast<long long>(shared->ne[0]), draft.llama->hparams.n_embd);
    }
    if (shared->ne[1] != n_tokens) {
        fail(TOKAPU_ERROR_ARGUMENT, "the draft model has no %s, and those of the target's model are of %lld tokens; it takes %lld",
             what, static_cast<long long>(shared->ne[1]), static_cast<long long>(n_tokens));
    }
    if (!reaches(draft, *shared)) {
        fail(TOKAPU_ERROR_ARGUMENT, "the draft model has no %s, and those of the target's model lie on a device that it does not use",
             what);
    }
}

}  // namespace

void require_eagle3(const Model & draft) {
    if (draft.llama->arch != LLM_ARCH_EAGLE3) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the draft model is of the architecture %s; EAGLE-3 is eagle3",
             draft.llama->arch_name().c_str());
    }
}

void require_layers(const Model & target, const Model & draft) {
    require_eagle3(draft);
    const llama_hparams & hparams = target.llama->hparams;
    const llm_arch        arch    = target.llama->arch;
    if (!tells_layers(arch)) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "llama.cpp does not tell what layers of the architecture %s compute, which EAGLE-3 reads",
             target.llama->arch_name().c_str());
    }
    const auto n_layer = static_cast<int32_t>(hparams.n_layer());
    for (const int32_t layer : draft.llama->target_layer_ids) {
        if (layer < 0 || layer > n_layer) {
            fail(TOKAPU_ERROR_ARGUMENT, "the draft model reads layer %d of its target, which has the layers 0 to %d", layer,
                 n_layer - 1);
        }
        if (layer == n_layer && (!tells_last_output(arch) || hparams.n_embd_out() != hparams.n_embd)) {
            fail(TOKAPU_ERROR_UNSUPPORTED,
                 "the draft model reads what comes out of the last layer, which llama.cpp does not tell of the architecture %s",
                 target.llama->arch_name().c_str());
        }
    }
    const auto width = static_cast<uint32_t>(draft.llama->target_layer_ids.size()) * hparams.n_embd;
    if (draft.llama->hparams.n_embd_inp_enc() != width) {
        fail(TOKAPU_ERROR_ARGUMENT, "the draft model reads %u values of each token, its target has %u in these layers",
             draft.llama->hparams.n_embd_inp_enc(), width);
    }
}

void take_eagle3(const Model & draft, const Context & target, llama_context_params & params) {
    if (target.reads_hidden) {
        fail(TOKAPU_ERROR_ARGUMENT, "the target is a context that drafts itself");
    }
    require_layers(*target.model, draft);
    check_shape(draft);
    if (draft.n_vocab != target.model->n_vocab) {
        fail(TOKAPU_ERROR_ARGUMENT, "the draft model has %d tokens, the target's model %d", draft.n_vocab, target.model->n_vocab);
    }
    const llama_model & llama = *draft.llama;
    if (llama.d2t != nullptr) {
        check_vocabulary_map(draft);
    }
    if (llama.tok_embd == nullptr) {
        check_shared(draft, target.model->llama->tok_embd, "token embeddings", draft.n_vocab);
    }
    if (llama.output == nullptr) {
        check_shared(draft, target.model->llama->output, "output layer", llama.d2t == nullptr ? draft.n_vocab : llama.d2t->ne[0]);
    }
    require_draft_options(params);
    params.ctx_other = target.llama;
}

// llama.cpp makes room for logits of each token of a piece, which nobody reads. The encoder computes tokens one by one, so pieces may be small.
int32_t encode_hidden_states(Context & draft, int32_t n_tokens) {
    constexpr int32_t MOST_AT_ONCE = 64;
    const int32_t   piece  = std::min(draft.n_ubatch, MOST_AT_ONCE);
    HiddenStates &  hidden = draft.hidden;
    const auto      width  = static_cast<size_t>(draft.model->llama->hparams.n_embd_inp_enc());
    const auto      n_embd = static_cast<size_t>(draft.model->llama->hparams.n_embd);
    for (int32_t from = 0; from < n_tokens; from += piece) {
        llama_batch batch = {};
        batch.n_tokens    = std::min(piece, n_tokens - from);
        batch.embd        = hidden.features.data() + static_cast<size_t>(from) * width;
        const int32_t result = llama_encode(draft.llama, batch);
        if (result != 0) {
            return result;
        }
        const float * const states = llama_get_embeddings_nextn(draft.llama);
        if (states == nullptr) {
            fail(TOKAPU_ERROR_DECODE, "the draft model's encoder gave no hidden states");
        }
        std::memcpy(hidden.input.data() + static_cast<size_t>(from) * n_embd, states,
                    static_cast<size_t>(batch.n_tokens) * n_embd * sizeof(float));
    }
    return 0;
}

}  // namespace tokapu
