// MTP heads, which are layers of the model that they draft for.
#include "context/context.h"
#include "context/hidden_states.h"
#include "llama-model.h"  // internal: the architecture and its layers

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

}  // namespace

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

void take_heads(const Model & model, llama_context_params & params) {
    require_heads(model);
    require_draft_options(params);
    params.ctx_type = LLAMA_CONTEXT_TYPE_MTP;
}

}  // namespace tokapu
