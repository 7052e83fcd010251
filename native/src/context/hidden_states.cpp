#include "context/hidden_states.h"

#include "context/context.h"
#include "core/arguments.h"
#include "llama-ext.h"    // staging: hidden states
#include "llama-model.h"  // internal: the number of layers

#include <algorithm>
#include <cstring>

namespace tokapu {

namespace {

void check_row(const Context & source, bool own, int32_t i, int32_t row) {
    if (row < -1 || row >= source.hidden.n_tokens) {
        const char * reason = own || source.hidden.in_order ? "" : ": it was computed in an order that is not known; set swa_full";
        if (!own && !source.hidden.kept) {
            reason = ": set tokapu_context_set_hidden_states() before its decode";
        }
        const bool none = !own && row >= 0 && source.hidden.n_tokens == 0;  // no fault of the rows
        fail(none ? TOKAPU_ERROR_UNSUPPORTED : TOKAPU_ERROR_ARGUMENT,
             "row %d of the batch is %d; the last batch of the source has %d tokens with hidden states%s", i, row, source.hidden.n_tokens,
             reason);
    }
    if (own && row >= 0) {
        require_output(source, row);
    }
}

// Copies a row into each n floats of the input, stride floats apart.
template <class F>
void copy_rows(const int32_t * rows, int32_t n_tokens, size_t n, float * input, size_t stride, F && find) {
    for (int32_t i = 0; i < n_tokens; i++) {
        float * const       to    = input + static_cast<size_t>(i) * stride;
        const float * const state = rows[i] < 0 ? nullptr : find(rows[i]);
        if (rows[i] < 0) {
            std::fill(to, to + n, 0.0F);
        } else if (state == nullptr) {
            fail(TOKAPU_ERROR_ARGUMENT, "there is no hidden state in row %d of the source", rows[i]);
        } else {
            std::memcpy(to, state, n * sizeof(float));
        }
    }
}

// Those that the context drafted from.
void copy_own(Context & context, const int32_t * rows, int32_t n_tokens) {
    const auto n = static_cast<size_t>(context.model->llama->hparams.n_embd);
    context.hidden.input.resize(static_cast<size_t>(n_tokens) * n);
    copy_rows(rows, n_tokens, n, context.hidden.input.data(), n,
              [&](int32_t row) { return llama_get_embeddings_nextn_ith(context.llama, row); });
}

// Those of all tokens, of a layer or, behind the last one, of the model.
const float * all_states(const Context & source, int32_t layer) {
    if (source.hidden.n_tokens == 0) {
        return nullptr;
    }
    return layer < static_cast<int32_t>(source.model->llama->hparams.n_layer()) ?
               llama_get_embeddings_layer_inp(source.llama, static_cast<uint32_t>(layer)) :
               llama_get_embeddings_nextn(source.llama);
}

void copy_layers(const Context & source, const int32_t * rows, int32_t n_tokens, const std::vector<int32_t> & layers,
                 std::vector<float> & input) {
    const auto n = static_cast<size_t>(source.model->llama->hparams.n_embd);
    input.resize(static_cast<size_t>(n_tokens) * n * layers.size());
    for (size_t i = 0; i < layers.size(); i++) {
        const float * const all = all_states(source, layers[i]);
        copy_rows(rows, n_tokens, n, input.data() + i * n, n * layers.size(), [&](int32_t row) {
            const auto & order = source.hidden.rows;
            const auto   place = static_cast<size_t>(order.empty() ? row : order[static_cast<size_t>(row)]);
            return all == nullptr ? nullptr : all + n * place;
        });
    }
}

void check_source(const Context & context, const Context & source) {
    const bool    mtp   = context.target == nullptr;
    const Model * model = mtp ? context.model.get() : context.target->model.get();
    if (source.model.get() != model) {
        fail(TOKAPU_ERROR_ARGUMENT, "the source is a context of another model than %s",
             mtp ? "these MTP heads" : "the draft model was made for");
    }
    if (source.reads_hidden) {
        fail(TOKAPU_ERROR_ARGUMENT, "the source is another context that drafts; it can be one with hidden states, or this one");
    }
    if (source.hidden.kept && source.hidden.layers != context.model->llama->target_layer_ids) {  // of no layers for MTP heads
        fail(TOKAPU_ERROR_ARGUMENT, "the source keeps hidden states for %s",
             source.hidden.layers.empty() ? "MTP heads; set those of the draft model" : "another draft model");
    }
}

// None, those for MTP heads, or those of layers.
void keep(Context & context, bool kept, const std::vector<int32_t> & layers) {
    const auto n_layer = static_cast<int32_t>(context.model->llama->hparams.n_layer());
    const auto inside  = [&](int32_t layer) { return layer < n_layer; };
    poisoning(context, [&] {
        for (const int32_t layer : context.hidden.layers) {
            if (inside(layer)) {
                llama_set_embeddings_layer_inp(context.llama, static_cast<uint32_t>(layer), false);
            }
        }
        for (const int32_t layer : layers) {
            if (inside(layer)) {
                llama_set_embeddings_layer_inp(context.llama, static_cast<uint32_t>(layer), true);
            }
        }
        const bool last = kept && (layers.empty() || !std::all_of(layers.begin(), layers.end(), inside));
        llama_set_embeddings_nextn(context.llama, last, false);
    });
    context.plan          = context.plan || !context.hidden.layers.empty() || !layers.empty();  // llama.cpp wants it
    context.hidden.kept   = kept;
    context.hidden.layers = layers;
    context.hidden.forget();
}

}  // namespace

void require_draft_options(llama_context_params & params) {
    if (params.embeddings) {
        fail(TOKAPU_ERROR_ARGUMENT, "a context that drafts from hidden states makes no embeddings; set embeddings to 0");
    }
    params.pooling_type = LLAMA_POOLING_TYPE_NONE;
    params.n_rs_seq     = 0;
}

void keep_drafted_states(Context & context) {
    poisoning(context, [&] { llama_set_embeddings_nextn(context.llama, true, true); });
}

void require_no_hidden_states(const Context & context) {
    if (context.reads_hidden || context.hidden.kept) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "a context %s makes no embeddings",
             context.reads_hidden ? "that drafts from hidden states" :
                                    "that keeps hidden states (tokapu_context_set_hidden_states)");
    }
}

void gather_hidden_states(Context & context, int64_t handle, int64_t source, const int32_t * rows, int32_t n_tokens) {
    const auto check_rows = [&](const Context & from, bool own) {
        for (int32_t i = 0; i < n_tokens; i++) {
            check_row(from, own, i, rows[i]);
        }
    };
    context.hidden.features.clear();
    if (source == handle) {
        check_rows(context, true);
        poisoning(context, [&] { copy_own(context, rows, n_tokens); });
        return;
    }
    const auto      from = get<Context>(source);
    const Exclusive inside(*from);
    check_source(context, *from);
    check_rows(*from, false);
    poisoning(*from, [&] {
        if (context.target == nullptr) {
            const auto behind_last = static_cast<int32_t>(context.model->llama->hparams.n_layer());
            copy_layers(*from, rows, n_tokens, { behind_last }, context.hidden.input);
        } else {
            copy_layers(*from, rows, n_tokens, context.model->llama->target_layer_ids, context.hidden.features);
            context.hidden.input.resize(static_cast<size_t>(n_tokens) * context.model->llama->hparams.n_embd);
        }
    });
}

void expect_hidden_states(Context & context, const llama_batch & batch) {
    context.hidden.in_order = !context.hidden.kept || finds_room_in_order(context, batch);
}

void note_hidden_states(Context & context, const llama_batch & batch) {
    if (context.reads_hidden) {
        context.hidden.n_tokens = batch.n_tokens;
    } else if (context.hidden.kept && !context.embeddings) {
        context.hidden.n_tokens = find_hidden_order(context, batch, context.hidden.rows) ? batch.n_tokens : 0;
    }
}

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_context_set_hidden_states(int64_t context, int32_t hidden_states, int64_t draft) {
    return guarded([&] {
        require_flag(hidden_states, "hidden_states");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        if (object->reads_hidden || object->embeddings || llama_pooling_type(object->llama) != LLAMA_POOLING_TYPE_NONE) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "a context %s keeps no hidden states of all tokens",
                 object->reads_hidden ? "that drafts from hidden states" : "that makes embeddings");
        }
        if (hidden_states == 0) {
            keep(*object, false, {});
        } else if (draft == 0) {
            require_heads(*object->model);
            keep(*object, true, {});
        } else {
            const auto model = get<Model>(draft);
            require_layers(*object->model, *model);
            keep(*object, true, model->llama->target_layer_ids);
        }
        return TOKAPU_OK;
    });
}
