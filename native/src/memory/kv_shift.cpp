// The keys in a cache are rotated by their positions, so a move rotates them once more. llama.cpp asks for it in the next decode,
// and dies there of number formats that it cannot rotate.
#include "memory/kv_shift.h"

#include "llama-model.h"  // internal: the hyperparameters

#include <cstdlib>
#include <map>

namespace tokapu {

namespace {

constexpr uint32_t HADAMARD = 64;  // the least matrix by which llama.cpp spreads keys before they are quantized

bool spreading_disabled() {
    const char * const value = std::getenv("LLAMA_ATTN_ROT_DISABLE");
    return value != nullptr && std::atoi(value) != 0;
}

// The size of the matrix for heads of this size: the largest that divides them.
uint32_t spread(uint32_t head) {
    uint32_t size = HADAMARD;
    while (head % (2 * size) == 0) {
        size *= 2;
    }
    return size;
}

// Quantized keys are spread over the whole head and cannot be rotated in place: what is rotated must be whole matrices. Layers
// with a sliding window have a cache of their own.
bool quantized_shifts(const llama_hparams & hparams) {
    if (spreading_disabled() || hparams.n_embd_head_k() % HADAMARD != 0) {
        return false;
    }
    std::map<bool, uint32_t> heads;
    for (uint32_t il = 0; il < hparams.n_layer_all; il++) {
        if (hparams.n_head_kv(il) == 0 || !hparams.has_kv(il)) {
            continue;
        }
        const uint32_t head = hparams.n_embd_head_k(il);
        const auto     size = heads.emplace(hparams.swa_type != LLAMA_SWA_TYPE_NONE && hparams.is_swa(il), head);
        if (head == 0 || head % HADAMARD != 0 || size.first->second != head) {
            return false;
        }
        const uint32_t rotated = hparams.n_rot(il);
        const uint32_t before  = hparams.n_lora_kv > 0 ? head - rotated : 0;
        if (hparams.has_rope(il) && (rotated % spread(head) != 0 || before % spread(head) != 0)) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::string no_shift_reason(const Context & context) {
    const llama_hparams & hparams = context.model->llama->hparams;
    if (context.memory == nullptr || !llama_memory_can_shift(context.memory)) {
        return "the positions in this memory cannot be changed";
    }
    if (hparams.rope_type == LLAMA_ROPE_TYPE_NONE || llama_model_is_recurrent(context.model->llama)) {
        return "";
    }
    if (context.type_k == GGML_TYPE_BF16) {
        return "keys of type bf16 cannot be rotated to other positions; choose f16 or f32 for the K cache";
    }
    if (ggml_is_quantized(context.type_k) && !quantized_shifts(hparams)) {
        return std::string("quantized keys of this model's head size cannot be rotated to other positions; choose f16 or f32 for "
                           "the K cache, not ") +
               ggml_type_name(context.type_k);
    }
    return "";
}

}  // namespace tokapu
