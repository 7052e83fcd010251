#include "context/hidden_states.h"

#include "context/context.h"
#include "core/arguments.h"
#include "llama-ext.h"    // staging: hidden states
#include "llama-model.h"  // internal: the architecture and its layers

#include <algorithm>
#include <cstring>

namespace tokapu {

namespace {

// Those for which llama.cpp has a graph of the heads alone; others would compute the model's own layers in a cache without them.
bool computes_heads(llm_arch architecture) {
    switch (architecture) {
        case LLM_ARCH_BAILINGMOE3:
        case LLM_ARCH_COHERE2MOE:
        case LLM_ARCH_DEEPSEEK2:
        case LLM_ARCH_DEEPSEEK32:
        case LLM_ARCH_GLM_DSA:
        case LLM_ARCH_GLM4_MOE:
        case LLM_ARCH_HY_V3:
        case LLM_ARCH_MIMO2:
        case LLM_ARCH_NEMOTRON_H_MOE:
        case LLM_ARCH_QWEN35:
        case LLM_ARCH_QWEN35MOE:
        case LLM_ARCH_QWEN3NEXT:
        case LLM_ARCH_STEP35:
            return true;
        default:
            return false;
    }
}

// Those whose graph takes the first of several heads; the others end in an assertion.
bool computes_first_of_several(llm_arch architecture) {
    return architecture == LLM_ARCH_HY_V3 || architecture == LLM_ARCH_MIMO2 || architecture == LLM_ARCH_STEP35;
}

void require_heads(const Model & model) {
    const llama_model &   llama   = *model.llama;
    const llama_hparams & hparams = llama.hparams;
    if (hparams.n_layer_nextn == 0 || hparams.router_layer >= 0) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the model has no MTP heads");
    }
    if (llama.arch == LLM_ARCH_DEEPSEEK4) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the MTP heads of %s are not supported: its KV cache computes tokens in an order that is not known",
             llama.arch_name().c_str());
    }
    if (!computes_heads(llama.arch)) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "llama.cpp computes no MTP heads of the architecture %s", llama.arch_name().c_str());
    }
    if (hparams.n_layer_nextn > 1 && !computes_first_of_several(llama.arch)) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the model has %u MTP heads; llama.cpp computes only one of the architecture %s",
             hparams.n_layer_nextn, llama.arch_name().c_str());
    }
    // The graphs read as many floats for each token as embeddings have.
    if (hparams.n_embd_out() != hparams.n_embd) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the model's outputs have %u values (embedding_length_out), its MTP heads take %u",
             hparams.n_embd_out(), hparams.n_embd);
    }
    const size_t first = hparams.n_layer();
    if (first >= llama.layers.size() || llama.layers[first].nextn.eh_proj == nullptr) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "%s",
             model.load_mtp ? "the file has no tensors of the MTP heads that its metadata tells of" :
                              "the MTP heads of the model were not loaded; load it with load_mtp = 1 (ModelOptions.mtpHeads)");
    }
}

size_t width(const Context & context) {
    return static_cast<size_t>(llama_model_n_embd_out(context.model->llama));
}

void check_row(const Context & source, bool own, int32_t i, int32_t row) {
    if (row < -1 || row >= source.hidden.n_tokens) {
        const char * reason = own || source.hidden.in_order ? "" : ": it was computed in an order that is not known; set swa_full";
        if (!own && !source.hidden.kept) {
            reason = ": set tokapu_context_set_hidden_states() before its decode";
        }
        fail(TOKAPU_ERROR_ARGUMENT, "row %d of the batch is %d; the last batch of the source has %d tokens with hidden states%s", i, row,
             source.hidden.n_tokens, reason);
    }
    if (own && row >= 0) {
        require_output(source, row);
    }
}

void copy_rows(Context & source, bool own, const int32_t * rows, int32_t n_tokens, std::vector<float> & input) {
    const size_t n = width(source);
    for (int32_t i = 0; i < n_tokens; i++) {
        check_row(source, own, i, rows[i]);
    }
    input.resize(static_cast<size_t>(n_tokens) * n);
    const float * all = own || source.hidden.n_tokens == 0 ? nullptr : llama_get_embeddings_nextn(source.llama);
    for (int32_t i = 0; i < n_tokens; i++) {
        const auto    row   = static_cast<size_t>(std::max(rows[i], 0));
        const float * state = nullptr;
        if (rows[i] >= 0 && own) {
            state = llama_get_embeddings_nextn_ith(source.llama, rows[i]);
        } else if (rows[i] >= 0 && all != nullptr) {
            state = all + n * static_cast<size_t>(source.hidden.rows.empty() ? rows[i] : source.hidden.rows[row]);
        }
        float * const to = input.data() + static_cast<size_t>(i) * n;
        if (rows[i] < 0) {
            std::fill(to, to + n, 0.0F);
        } else if (state == nullptr) {
            fail(TOKAPU_ERROR_ARGUMENT, "there is no hidden state in row %d of the source", rows[i]);
        } else {
            std::memcpy(to, state, n * sizeof(float));
        }
    }
}

}  // namespace

void take_heads(const Model & model, llama_context_params & params) {
    require_heads(model);
    if (params.embeddings) {
        fail(TOKAPU_ERROR_ARGUMENT, "a context of MTP heads makes no embeddings; set embeddings to 0");
    }
    params.ctx_type     = LLAMA_CONTEXT_TYPE_MTP;
    params.pooling_type = LLAMA_POOLING_TYPE_NONE;
    params.n_rs_seq     = 0;
}

void keep_drafted_states(Context & context) {
    poisoning(context, [&] { llama_set_embeddings_nextn(context.llama, true, true); });
}

void require_no_hidden_states(const Context & context) {
    if (context.mtp || context.hidden.kept) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "a context %s makes no embeddings",
             context.mtp ? "of MTP heads" : "that keeps hidden states (tokapu_context_set_hidden_states)");
    }
}

void gather_hidden_states(Context & heads, int64_t handle, int64_t source, const int32_t * rows, int32_t n_tokens) {
    const auto gather = [&](Context & from, bool own) {
        poisoning(from, [&] { copy_rows(from, own, rows, n_tokens, heads.hidden.input); });
    };
    if (source == handle) {
        gather(heads, true);
        return;
    }
    const auto      from = get<Context>(source);
    const Exclusive inside(*from);
    if (from->model != heads.model) {
        fail(TOKAPU_ERROR_ARGUMENT, "the source is a context of another model than these MTP heads");
    }
    if (from->mtp) {
        fail(TOKAPU_ERROR_ARGUMENT, "the source is another context of MTP heads; it can be one with hidden states, or this one");
    }
    gather(*from, false);
}

void expect_hidden_states(Context & context, const llama_batch & batch) {
    context.hidden.in_order = !context.hidden.kept || finds_room_in_order(context, batch);
}

void note_hidden_states(Context & context, const llama_batch & batch) {
    if (context.mtp) {
        context.hidden.n_tokens = batch.n_tokens;
    } else if (context.hidden.kept && !context.embeddings) {
        context.hidden.n_tokens = find_hidden_order(context, batch, context.hidden.rows) ? batch.n_tokens : 0;
    }
}

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_context_set_hidden_states(int64_t context, int32_t hidden_states) {
    return guarded([&] {
        require_flag(hidden_states, "hidden_states");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        if (object->mtp || object->embeddings || llama_pooling_type(object->llama) != LLAMA_POOLING_TYPE_NONE) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "a context %s keeps no hidden states of all tokens",
                 object->mtp ? "of MTP heads" : "that makes embeddings");
        }
        require_heads(*object->model);
        poisoning(*object, [&] { llama_set_embeddings_nextn(object->llama, hidden_states != 0, false); });
        object->hidden.kept = hidden_states != 0;
        object->hidden.forget();
        return TOKAPU_OK;
    });
}
