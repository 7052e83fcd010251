// Decoding and encoding of batches. Every value is checked here, because llama.cpp answers many of them with an assert.
#include "backend/numa.h"
#include "context/batch_tokens.h"
#include "context/context.h"
#include "context/pooled.h"
#include "core/arguments.h"
#include "llama-context.h"  // internal: logits without waiting for the device
#include "sampling/device_sampling.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace tokapu {

namespace {

struct Input {
    int32_t         n_tokens;
    const int32_t * tokens;
    const float *   embeddings;
    const int32_t * positions;
    const int32_t * n_seq_ids;
    const int32_t * seq_ids;
    const int8_t *  outputs;
    int64_t         source = 0;  // of hidden states
    const int32_t * rows   = nullptr;
};

void check_size(const Context & context, const Input & input, bool encode) {
    require_range(input.n_tokens, 1, context.n_batch, "n_tokens");
    if ((encode || !context.causal) && input.n_tokens > context.n_ubatch) {
        fail(TOKAPU_ERROR_ARGUMENT, "n_tokens is %d; without causal attention at most n_ubatch = %d tokens go into a batch",
             input.n_tokens, context.n_ubatch);
    }
}

void check_embeddings(const Context & context) {
    const int32_t rope            = llama_model_rope_type(context.model->llama);
    char          architecture[64] = {};
    llama_model_meta_val_str(context.model->llama, "general.architecture", architecture, sizeof(architecture));
    if (rope == LLAMA_ROPE_TYPE_MROPE || rope == LLAMA_ROPE_TYPE_IMROPE || std::strcmp(architecture, "eagle3") == 0 ||
        std::strcmp(architecture, "dflash") == 0) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "models of architecture %s take input embeddings in another form", architecture);
    }
}

void check_values(const Context & context, const Input & input) {
    if ((input.tokens == nullptr) == (input.embeddings == nullptr)) {
        fail(TOKAPU_ERROR_ARGUMENT, "a batch has either tokens or embeddings; %s",
             input.tokens == nullptr ? "both are NULL" : "both were given");
    }
    if (input.embeddings != nullptr) {
        check_embeddings(context);
    }
    if (context.reads_hidden != (input.rows != nullptr)) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "%s",
             context.reads_hidden ?
                 "this context drafts from hidden states: it computes with tokapu_decode_hidden()" :
                 "this context does not draft from hidden states; make one with tokapu_context_new_mtp() or tokapu_context_new_eagle3()");
    }
    for (int32_t i = 0; i < input.n_tokens; i++) {
        if (input.tokens != nullptr && (input.tokens[i] < 0 || input.tokens[i] >= context.model->n_vocab)) {
            fail(TOKAPU_ERROR_ARGUMENT, "token %d of the batch is %d; the vocabulary has the tokens 0 to %d", i,
                 input.tokens[i], context.model->n_vocab - 1);
        }
        if (input.positions != nullptr && (input.positions[i] < 0 || input.positions[i] >= context.n_positions)) {
            fail(TOKAPU_ERROR_ARGUMENT, "the position of token %d of the batch is %d; it must be 0 to %d", i,
                 input.positions[i], context.n_positions - 1);
        }
    }
}

// For an EAGLE-3 model llama.cpp computes the outputs of all tokens and returns the first ones as if they were the requested ones.
void check_draft_outputs(const Context & context, const Input & input) {
    if (context.target == nullptr) {
        return;
    }
    const auto wanted = input.outputs == nullptr ?
                            1 :
                            std::count_if(input.outputs, input.outputs + input.n_tokens, [](int8_t output) { return output != 0; });
    if (wanted != 0 && wanted != input.n_tokens) {
        fail(TOKAPU_ERROR_ARGUMENT, "a batch for an EAGLE-3 draft model has outputs of all its tokens or of none, not of %lld of %d",
             static_cast<long long>(wanted), input.n_tokens);
    }
}

// Automatic positions must not run over the limit either.
void check_automatic_positions(const Context & context, const Input & input) {
    for (int32_t s = 0; s < context.n_seq_max; s++) {
        const int32_t last = context.memory == nullptr ? -1 : llama_memory_seq_pos_max(context.memory, s);
        if (last >= context.n_positions - input.n_tokens) {
            fail(TOKAPU_ERROR_ARGUMENT, "sequence %d is at position %d and cannot take %d tokens more; the last position is %d", s,
                 last, input.n_tokens, context.n_positions - 1);
        }
    }
}

void check_shared_token(const Context & context) {
    if (!context.unified && context.n_seq_max > 1 && context.memory != nullptr &&
        !llama_model_is_recurrent(context.model->llama)) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "a token can belong to several sequences only in a context with kv_unified = 1");
    }
}

// Fills the arena's pointers into the caller's sequence ids.
void link_sequences(Context & context, const Input & input) {
    if ((input.n_seq_ids == nullptr) != (input.seq_ids == nullptr)) {
        fail(TOKAPU_ERROR_ARGUMENT, "n_seq_ids and seq_ids must both be given or both be NULL");
    }
    BatchArena & arena = context.arena;
    if (input.n_seq_ids == nullptr) {
        return;
    }
    int64_t total = 0;
    for (int32_t i = 0; i < input.n_tokens; i++) {
        if (input.n_seq_ids[i] < 1 || input.n_seq_ids[i] > context.n_seq_max) {
            fail(TOKAPU_ERROR_ARGUMENT, "token %d of the batch belongs to %d sequences; it must be 1 to n_seq_max = %d", i,
                 input.n_seq_ids[i], context.n_seq_max);
        }
        total += input.n_seq_ids[i];
    }
    arena.ids.assign(input.seq_ids, input.seq_ids + total);
    arena.seq_id.resize(static_cast<size_t>(input.n_tokens));
    arena.seen.resize(static_cast<size_t>(context.n_seq_max));
    int32_t * next = arena.ids.data();
    for (int32_t i = 0; i < input.n_tokens; i++) {
        const int32_t n = input.n_seq_ids[i];
        if (n > 1) {
            check_shared_token(context);
            std::fill(arena.seen.begin(), arena.seen.end(), 0);
        }
        for (int32_t k = 0; k < n; k++) {
            if (next[k] < 0 || next[k] >= context.n_seq_max) {
                fail(TOKAPU_ERROR_ARGUMENT, "token %d of the batch is in sequence %d; it must be 0 to n_seq_max - 1 = %d", i,
                     next[k], context.n_seq_max - 1);
            }
            if (n > 1 && arena.seen[static_cast<size_t>(next[k])]++ != 0) {
                fail(TOKAPU_ERROR_ARGUMENT, "token %d of the batch is in sequence %d twice", i, next[k]);
            }
        }
        arena.seq_id[static_cast<size_t>(i)] = next;
        next += n;
    }
}

// Remembers which tokens have outputs and counts them.
void mark_outputs(Context & context, const Input & input, bool all) {
    const auto n = static_cast<size_t>(input.n_tokens);
    if (all || input.outputs == nullptr) {
        context.outputs.assign(n, all ? 1 : 0);
        context.outputs[n - 1] = 1;
        context.n_outputs      = all ? input.n_tokens : 1;
    } else {
        context.outputs.resize(n);
        context.n_outputs = 0;
        for (size_t i = 0; i < n; i++) {
            context.outputs[i] = input.outputs[i] != 0 ? 1 : 0;
            context.n_outputs += context.outputs[i];
        }
    }
    if (context.n_outputs > context.n_outputs_max) {
        const int32_t wanted = context.n_outputs;
        context.n_outputs    = 0;
        fail(TOKAPU_ERROR_ARGUMENT, "the batch asks for %d outputs; the context was made for n_outputs_max = %d", wanted,
             context.n_outputs_max);
    }
}

void check_direction(const Context & context, bool encode) {
    const llama_model * model = context.model->llama;
    if (context.reads_hidden) {
        return;  // one call computes with encoder and decoder
    }
    if (encode && context.memory != nullptr && !llama_model_has_encoder(model)) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "this model has no encoder; use tokapu_decode()");
    }
    if (!encode && llama_model_has_encoder(model) && context.memory != nullptr && !context.encoded) {
        fail(TOKAPU_ERROR_ARGUMENT, "this model has an encoder: its input goes through tokapu_encode() first");
    }
}

// Remembers which outputs will be sampled on the device: llama.cpp goes by the first sequence of a token.
void mark_samplers(Context & context, const llama_batch & batch, bool as_encoder) {
    context.output_samplers.clear();
    if (as_encoder || context.attached.empty()) {
        return;
    }
    for (int32_t i = 0; i < batch.n_tokens; i++) {
        context.output_samplers.push_back(attached_id(context, BatchTokens(batch).sequence(i, 0)));
    }
}

// Snapshots are taken of the last tokens of a batch; before it is done there are none, and where embeddings are made it may be cut
// just before its end.
void note_snapshots(Context & context, const llama_batch & batch, bool done) {
    if (context.rollback.empty()) {
        return;
    }
    const auto each = [&](auto && change) {
        BatchTokens(batch).each([&](int32_t, int32_t sequence) { change(context.rollback[static_cast<size_t>(sequence)]); });
    };
    const auto limit = std::min(static_cast<int32_t>(llama_n_rs_seq(context.llama)), context.n_ubatch - 1);
    each([&](int32_t & room) { room = done ? -1 : 0; });
    if (done) {
        each([&](int32_t & room) { room = std::min(room + 1, limit); });
    }
}

llama_batch batch_of(Context & context, const Input & input) {
    llama_batch batch = {};
    batch.n_tokens    = input.n_tokens;
    // llama_batch is not const-correct; llama.cpp only reads these arrays.
    batch.token       = const_cast<int32_t *>(input.tokens);
    batch.embd        = input.rows == nullptr ? const_cast<float *>(input.embeddings) : context.hidden.input.data();
    batch.pos         = const_cast<int32_t *>(input.positions);
    batch.n_seq_id    = const_cast<int32_t *>(input.n_seq_ids);
    batch.seq_id      = input.n_seq_ids == nullptr ? nullptr : context.arena.seq_id.data();
    batch.logits      = context.embeddings ? nullptr : const_cast<int8_t *>(input.outputs);
    return batch;
}

int32_t run(Context & context, const llama_batch & batch, bool encode) {
    return poisoning(context, [&] {
        if (context.plan) {
            plan_compute(context);
        }
        const KeptProcessors keep;
        context.n_pieces = 1;
        if (!context.hidden.features.empty()) {
            const int32_t result = encode_hidden_states(context, batch.n_tokens);
            if (result != 0) {
                return result;
            }
        }
        if (encode) {
            return llama_encode(context.llama, batch);
        }
        return pools_texts(context) ? decode_pooled(context, batch) : llama_decode(context.llama, batch);
    });
}

int32_t finish(Context & context, int32_t result, bool encode) {
    if (result == 0) {
        context.encoded = context.encoded || encode;
        return TOKAPU_DECODE_OK;
    }
    context.n_outputs = 0;
    if (result == TOKAPU_DECODE_NO_KV_SLOT || result == TOKAPU_DECODE_ABORTED) {
        return result;
    }
    if (result == -1) {
        fail(TOKAPU_ERROR_ARGUMENT, "the batch is not valid");
    }
    fail(memory_status(TOKAPU_ERROR_DECODE), "%s failed with status %d", encode ? "llama_encode" : "llama_decode", result);
}

int32_t process(int64_t handle, const Input & input, bool encode) {
    return guarded([&] {
        const auto      context = get<Context>(handle);
        const Exclusive inside(*context);
        require_weights(*context->model);
        if (context->target != nullptr) {
            require_weights(*context->target->model);
        }
        const bool      as_encoder = encode || context->memory == nullptr;
        check_direction(*context, encode);
        check_size(*context, input, as_encoder);
        check_values(*context, input);
        check_draft_outputs(*context, input);
        link_sequences(*context, input);
        if (input.positions == nullptr) {
            check_automatic_positions(*context, input);
        }
        if (context->stopped()) {
            context->n_outputs = 0;
            return static_cast<int32_t>(TOKAPU_DECODE_ABORTED);
        }
        if (input.rows != nullptr) {
            gather_hidden_states(*context, handle, input.source, input.rows, input.n_tokens);
        }
        const InAttached inside_attached(*context);
        context->hidden.forget();
        mark_outputs(*context, input, as_encoder || context->embeddings);
        const llama_batch batch = batch_of(*context, input);
        mark_samplers(*context, batch, as_encoder);
        context->with_embeddings = context->embeddings;
        note_snapshots(*context, batch, false);
        expect_hidden_states(*context, batch);
        int32_t result = TOKAPU_ERROR_NATIVE;
        try {
            result = run(*context, batch, encode);
        } catch (...) {
            context->n_outputs = 0;
            throw;
        }
        note_snapshots(*context, batch, result == 0 && !context->embeddings);
        if (result == 0 && !as_encoder) {
            note_hidden_states(*context, batch);
        }
        return finish(*context, result, encode);
    });
}

}  // namespace

int32_t require_output(const Context & context, int32_t index) {
    const auto n = static_cast<int32_t>(context.outputs.size());
    if (context.n_outputs == 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "there are no outputs: decode a batch first");
    }
    if (context.n_pieces > 1) {
        fail(TOKAPU_ERROR_UNSUPPORTED,
             "the last batch was computed in %d pieces, so that the vectors of its texts are whole: it has no other outputs; decode "
             "at most n_ubatch = %d tokens (ContextOptions.microBatchSize), of one sequence where kv_unified is 0",
             context.n_pieces, context.n_ubatch);
    }
    if (index < 0 ? index < -context.n_outputs : index >= n) {
        fail(TOKAPU_ERROR_ARGUMENT, "index %d is outside of the last batch, which has %d tokens and %d outputs", index, n,
             context.n_outputs);
    }
    if (index >= 0 && context.outputs[static_cast<size_t>(index)] == 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "no output was asked for at token %d of the last batch", index);
    }
    return index;
}

int64_t output_sampler(const Context & context, int32_t index) {
    require_output(context, index);
    if (context.output_samplers.empty()) {
        return 0;
    }
    auto position = static_cast<size_t>(std::max(index, 0));
    if (index < 0) {
        position = context.outputs.size();
        for (int32_t left = -index; left > 0; left -= context.outputs[position] != 0 ? 1 : 0) {
            position--;
        }
    }
    return context.output_samplers[position];
}

namespace {

template <class F> const float * checked_logits(Context & context, int32_t index, F && get) {
    require_weights(*context.model);
    if (output_sampler(context, index) != 0) {
        fail(TOKAPU_ERROR_ARGUMENT,
             "the logits of this output stayed on the device, which sampled it: take the sequence's sampler chain back with "
             "tokapu_context_set_sampler() and decode again");
    }
    if (context.memory == nullptr && !llama_model_is_diffusion(context.model->llama)) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "this model has no logits, only embeddings");
    }
    const float * logits = poisoning(context, std::forward<F>(get));
    if (logits == nullptr) {
        fail(TOKAPU_ERROR_ARGUMENT, "there are no logits at index %d", index);
    }
    return logits;
}

}  // namespace

const float * output_logits(Context & context, int32_t index) {
    return checked_logits(context, index, [&] { return llama_get_logits_ith(context.llama, index); });
}

const float * ready_logits(Context & context, int32_t index) {
    return checked_logits(context, index, [&] { return context.llama->get_logits_ith(index); });
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_decode(int64_t context, int32_t n_tokens, const int32_t * tokens, const float * embeddings,
                      const int32_t * positions, const int32_t * n_seq_ids, const int32_t * seq_ids,
                      const int8_t * outputs) {
    return process(context, { n_tokens, tokens, embeddings, positions, n_seq_ids, seq_ids, outputs }, false);
}

int32_t tokapu_decode_hidden(int64_t context, int32_t n_tokens, const int32_t * tokens, const int32_t * positions,
                          const int32_t * n_seq_ids, const int32_t * seq_ids, const int8_t * outputs, int64_t source,
                          const int32_t * rows) {
    return guarded([&] {
        require(tokens, "tokens");
        require(rows, "rows");
        return process(context, { n_tokens, tokens, nullptr, positions, n_seq_ids, seq_ids, outputs, source, rows }, false);
    });
}

int32_t tokapu_encode(int64_t context, int32_t n_tokens, const int32_t * tokens, const float * embeddings,
                      const int32_t * positions, const int32_t * n_seq_ids, const int32_t * seq_ids,
                      const int8_t * outputs) {
    return process(context, { n_tokens, tokens, embeddings, positions, n_seq_ids, seq_ids, outputs }, true);
}

}  // extern "C"
