#include "context/context_limits.h"

#include "llama-arch.h"   // internal: which architectures roll back
#include "llama-model.h"  // internal: the hyperparameters
#include "platform/machine.h"

#include <algorithm>
#include <mutex>
#include <set>

namespace tokapu {

namespace {

// Once for each value: a server makes many contexts.
bool first_time(int32_t n_threads) {
    static std::mutex                 mutex;
    static auto *                     told = new std::set<int32_t>();
    const std::lock_guard<std::mutex> lock(mutex);
    return told->insert(n_threads).second;
}

// The micro-batch as llama.cpp will have it.
uint32_t micro_batch(const Model & model, const llama_context_params & params) {
    const bool causal = params.attention_type == LLAMA_ATTENTION_TYPE_UNSPECIFIED ?
                            model.llama->hparams.causal_attn :
                            params.attention_type == LLAMA_ATTENTION_TYPE_CAUSAL;
    const uint32_t batch = causal ? std::min(context_tokens(*model.llama, params), params.n_batch) : params.n_batch;
    return std::min(params.n_ubatch, batch);
}

// llama.cpp plans with as many tokens for each sequence, and where it takes means of them it asserts that their number is what
// was asked for, and that each may have an output.
void fit_micro_batch(const Model & model, llama_context_params & params) {
    const auto pooling = params.pooling_type == LLAMA_POOLING_TYPE_UNSPECIFIED ? model.llama->hparams.pooling_type :
                                                                                params.pooling_type;
    if (pooling != LLAMA_POOLING_TYPE_MEAN && pooling != LLAMA_POOLING_TYPE_RANK) {
        return;
    }
    const uint32_t present = micro_batch(model, params);
    const uint32_t above   = (present + params.n_seq_max - 1) / params.n_seq_max * params.n_seq_max;
    params.n_ubatch        = above;
    if (micro_batch(model, params) != above) {
        params.n_ubatch = above - params.n_seq_max;  // the batch or the context bounds it
    }
    if (params.n_ubatch == 0) {
        fail(TOKAPU_ERROR_ARGUMENT,
             "n_seq_max is %u but a micro-batch can have only %u tokens: raise n_ctx, n_batch and n_ubatch to at least n_seq_max",
             params.n_seq_max, present);
    }
    if (params.n_outputs_max > 0) {
        params.n_outputs_max = std::max(params.n_outputs_max, params.n_ubatch);
    }
}

void check_snapshots(const Model & model, const llama_context_params & params) {
    if (params.n_rs_seq == 0 || !llm_arch_supports_rs_rollback(model.llama->arch)) {
        return;
    }
    const uint32_t tokens = micro_batch(model, params);
    if (params.n_rs_seq + 1 >= tokens) {
        fail(TOKAPU_ERROR_ARGUMENT,
             "n_rs_seq is %u but a micro-batch has only %u tokens: snapshots are taken within one, so there can be at most %u; raise "
             "n_ubatch or n_ctx, or lower n_rs_seq",
             params.n_rs_seq, tokens, tokens < 2 ? 0 : tokens - 2);
    }
}

}  // namespace

uint32_t context_tokens(const llama_model & model, const llama_context_params & params) {
    return params.n_ctx == 0 ? model.hparams.n_ctx_train : params.n_ctx;
}

void fit_options(const Model & model, llama_context_params & params) {
    params.n_threads       = bounded_threads(params.n_threads, "n_threads");
    params.n_threads_batch = bounded_threads(params.n_threads_batch, "n_threads_batch");
    fit_micro_batch(model, params);
    check_snapshots(model, params);
}

int32_t bounded_threads(int32_t n_threads, const char * name) {
    static const int32_t most = std::max(usable_processors(), 1);
    if (n_threads <= most) {
        return n_threads;
    }
    if (first_time(n_threads)) {
        log_line(TOKAPU_LOG_WARN, std::string(name) + " is " + std::to_string(n_threads) + ", but this process may use only " +
                                      std::to_string(most) + " processors: " + std::to_string(most) +
                                      " threads are used, since more would wait for each other");
    }
    return most;
}

}  // namespace tokapu
