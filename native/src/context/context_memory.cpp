// What a context takes of the host's memory for good: its KV cache and recurrent state. llama.cpp allocates and clears them
// whole, so that one that exceeds the memory has the process killed, not an error.
#include "context/context_memory.h"

#include "context/context_limits.h"
#include "ggml-backend.h"
#include "llama-kv-cells.h"  // internal: what is kept of a cell
#include "llama-model.h"     // internal: the sizes of single layers
#include "platform/machine.h"

#include <algorithm>

namespace tokapu {

namespace {

constexpr double MIB = 1024.0 * 1024.0;

// The least that a context takes, as llama_model::create_memory lays it out: what is computed here never exceeds what is
// allocated, so that nothing is refused that would work.
class Least {
  public:
    Least(const llama_model & model, const llama_context_params & params) : model(model), hparams(model.hparams), params(params) {
        n_streams = params.kv_unified ? 1 : params.n_seq_max;
        n_cells   = std::max<uint32_t>(1, context_tokens(model, params) / n_streams);
    }

    // What is kept of each cell beside its tensors, when planning as well.
    double bookkeeping() const {
        constexpr size_t cell = 2 * sizeof(llama_pos) + sizeof(llama_kv_cell_ext) + sizeof(llama_kv_cells::seq_set_t);
        return has_kv() ? static_cast<double>(n_cells) * n_streams * cell : 0;
    }

    double kv() const {
        if (!has_kv()) {
            return 0;
        }
        return sum([this](uint32_t il) { return attends(il) ? cells(il) * width(il) : 0; });
    }

    double recurrent() const {
        const double row = static_cast<double>(hparams.n_embd_r() + hparams.n_embd_s()) * sizeof(float);
        return sum([this, row](uint32_t il) { return recurs(il) ? row * params.n_seq_max : 0; });
    }

  private:
    // Encoders have none; DeepSeek 4 and its drafts compress theirs.
    bool has_kv() const {
        return hparams.causal_attn && !llm_arch_is_recurrent(model.arch) && model.arch != LLM_ARCH_DEEPSEEK4 &&
               model.arch != LLM_ARCH_DFLASH;
    }

    template <class F> double sum(F && bytes) const {
        double sum = 0;
        for (uint32_t il = 0; il < hparams.n_layer(); il++) {
            if (on_host(static_cast<int>(il))) {
                sum += bytes(il);
            }
        }
        return sum;
    }

    bool on_host(int il) const {
        return !params.offload_kqv || ggml_backend_dev_type(model.dev_layer(il)) == GGML_BACKEND_DEVICE_TYPE_CPU;
    }

    // In these a layer is one of three.
    bool has_feed_forward(uint32_t il) const {
        return (model.arch == LLM_ARCH_NEMOTRON_H || model.arch == LLM_ARCH_NEMOTRON_H_MOE) && hparams.n_ff(il) != 0;
    }

    bool attends(uint32_t il) const {
        return hparams.has_kv(il) && !(llm_arch_is_hybrid(model.arch) && hparams.is_recr(il)) && !has_feed_forward(il);
    }

    bool recurs(uint32_t il) const {
        return llm_arch_is_recurrent(model.arch) ||
               (llm_arch_is_hybrid(model.arch) && hparams.is_recr(il) && !has_feed_forward(il));
    }

    double cells(uint32_t il) const {
        uint32_t n = n_cells;
        if (!params.swa_full && hparams.swa_type != LLAMA_SWA_TYPE_NONE && hparams.is_swa(il)) {
            n = std::min(n, hparams.n_swa);
        }
        return static_cast<double>(n) * n_streams;
    }

    double width(uint32_t il) const {
        const double k = bytes(params.type_k) * hparams.n_embd_k_gqa(il);
        return hparams.is_mla() ? k : k + bytes(params.type_v) * hparams.n_embd_v_gqa(il);
    }

    static double bytes(ggml_type type) {
        return static_cast<double>(ggml_type_size(type)) / static_cast<double>(ggml_blck_size(type));
    }

    const llama_model &          model;
    const llama_hparams &        hparams;
    const llama_context_params & params;
    uint32_t                     n_streams;
    uint32_t                     n_cells;
};

}  // namespace

void check_host_memory(const Model & model, const llama_context_params & params, int64_t most_mib) {
    const Least  least(*model.llama, params);
    const double planned = least.recurrent() + least.bookkeeping();  // allocated all the same where nothing is to be
    const double needed  = model.no_alloc ? planned : planned + least.kv();
    const double most    = most_mib == 0 ? machine_memory() : static_cast<double>(most_mib) * MIB;
    if (most > 0 && needed > most) {
        fail(TOKAPU_ERROR_MEMORY,
             "the KV cache and states for a context of %u tokens and %u sequences take %.1f MiB of the host's memory, which has "
             "%.1f MiB for them: choose a smaller n_ctx or n_seq_max",
             context_tokens(*model.llama, params), params.n_seq_max, needed / MIB, most / MIB);
    }
}

}  // namespace tokapu
