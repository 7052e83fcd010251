// The order of hidden states. llama.cpp puts those of all tokens one behind the other as it computes them, which is not the order of
// the batch where sequences have buffers or recurrent states of their own; and it exchanges some, as if they were outputs.
#include "context/batch_tokens.h"
#include "context/context.h"
#include "context/hidden_states.h"
#include "llama-batch.h"    // internal: how a batch is split
#include "llama-context.h"  // internal: the size of micro-batches
#include "llama-kv-cache-iswa.h"
#include "llama-memory-hybrid-idx.h"
#include "llama-memory-hybrid-iswa.h"
#include "llama-memory-hybrid.h"
#include "llama-model.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tokapu {

namespace {

bool is_hybrid(llama_memory_t memory) {
    return dynamic_cast<const llama_memory_hybrid *>(memory) != nullptr ||
           dynamic_cast<const llama_memory_hybrid_iswa *>(memory) != nullptr ||
           dynamic_cast<const llama_memory_hybrid_idx *>(memory) != nullptr;
}

bool has_one_sequence(const llama_batch & batch) {
    bool one = true;
    BatchTokens(batch).each([&](int32_t, int32_t sequence) { one = one && sequence == BatchTokens(batch).sequence(0, 0); });
    return one;
}

bool read_tokens(const Context & context, llama_batch batch, llama_batch_allocr & splitter) {
    const llama_model & model = *context.model->llama;
    batch.logits              = nullptr;  // all of them, so that all are in the list of outputs
    return splitter.init(batch, model.vocab, nullptr, model.hparams.n_embd_inp(), context.llama->get_cparams().n_seq_max, true);
}

// The tokens of the batch in the order in which llama.cpp computes them.
std::vector<int32_t> computed_order(const Context & context, const llama_batch & batch, bool hybrid) {
    const llama_cparams & params     = context.llama->get_cparams();
    const bool            sequential = !context.unified && context.n_seq_max > 1;
    const uint32_t        tail       = hybrid && params.n_rs_seq > 0 ? params.n_rs_seq + 1 : 0;
    llama_batch_allocr    splitter(context.model->llama->hparams.n_pos_per_embd());
    if (!read_tokens(context, batch, splitter)) {
        return {};
    }
    while (splitter.split_equal(params.n_ubatch, sequential, tail).n_tokens > 0) {
    }
    return splitter.get_out_ids();
}

// What llama.cpp does to rows of outputs, to bring them into the order of the batch (llama_context::decode).
void exchange_outputs(const Context & context, std::vector<int32_t> & order) {
    std::vector<int32_t> outputs;
    std::copy_if(order.begin(), order.end(), std::back_inserter(outputs),
                 [&](int32_t token) { return context.outputs[static_cast<size_t>(token)] != 0; });
    for (size_t i = 0; i < outputs.size(); i++) {
        const auto least = static_cast<size_t>(
            std::min_element(outputs.begin() + static_cast<std::ptrdiff_t>(i), outputs.end()) - outputs.begin());
        if (least != i) {
            std::swap(outputs[i], outputs[least]);
            std::swap(order[i], order[least]);
        }
    }
}

}  // namespace

bool finds_room_in_order(const Context & context, const llama_batch & batch) {
    const auto * windows = dynamic_cast<const llama_kv_cache_iswa *>(context.memory);
    if (windows == nullptr || !context.unified || windows->get_swa()->get_size() >= windows->get_base()->get_size() ||
        has_one_sequence(batch)) {
        return true;
    }
    llama_batch_allocr splitter(context.model->llama->hparams.n_pos_per_embd());
    return batch.n_tokens <= context.n_ubatch && read_tokens(context, batch, splitter) &&
           !windows->get_swa()->find_slot(splitter.split_simple(static_cast<uint32_t>(context.n_ubatch)), false).empty();
}

bool find_hidden_order(const Context & context, const llama_batch & batch, std::vector<int32_t> & rows) {
    const bool hybrid = is_hybrid(context.memory);
    rows.clear();
    if (context.n_outputs == batch.n_tokens || has_one_sequence(batch)) {
        return true;
    }
    if (context.unified && !hybrid) {
        return context.hidden.in_order;
    }
    std::vector<int32_t> order = computed_order(context, batch, hybrid);
    if (order.size() != static_cast<size_t>(batch.n_tokens)) {
        return false;
    }
    exchange_outputs(context, order);
    rows.resize(order.size());
    for (size_t i = 0; i < order.size(); i++) {
        rows[static_cast<size_t>(order[i])] = static_cast<int32_t>(i);
    }
    return true;
}

}  // namespace tokapu
