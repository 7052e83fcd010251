// Hidden states of tokens: what MTP heads and EAGLE-3 draft models read. llama.cpp copies them to the host with each decode that is
// to keep them.
#pragma once

#include <cstdint>
#include <vector>

struct llama_batch;
struct llama_context_params;

namespace tokapu {

class Context;
class Model;

// What a context has of them.
struct HiddenStates {
    bool                 kept     = false;  // of every token
    int32_t              n_tokens = 0;      // of the last batch that have one
    bool                 in_order = true;   // room was found for the batch as it is
    std::vector<int32_t> layers;            // whose inputs are kept, for an EAGLE-3 draft model; empty: what MTP heads read
    std::vector<int32_t> rows;              // where that of each token lies; empty: in the order of the batch
    std::vector<float>   features;          // of the tokens of a batch for an EAGLE-3 draft model: what its encoder reads
    std::vector<float>   input;             // of the tokens of a batch for heads or a draft model

    void forget() { n_tokens = 0; }
};

// Fails for a model without MTP heads, or with such that llama.cpp cannot compute safely.
void require_heads(const Model & model);

// Makes a context one of the model's heads, or a Failure.
void take_heads(const Model & model, llama_context_params & params);

// Fails for a model of another kind.
void require_eagle3(const Model & draft);

// Fails where a model does not have the layers that an EAGLE-3 draft model reads, or does not tell what they compute.
void require_layers(const Model & target, const Model & draft);

// Makes a context one of an EAGLE-3 draft model for a target, or a Failure.
void take_eagle3(const Model & draft, const Context & target, llama_context_params & params);

// Makes one hidden state of those of the layers for each token of a batch, where HiddenStates::input has room for them; returns what
// llama_encode() does.
int32_t encode_hidden_states(Context & draft, int32_t n_tokens);

// What both kinds have in common.
void require_draft_options(llama_context_params & params);

// A context that reads hidden states keeps those of its outputs.
void keep_drafted_states(Context & context);

// Embeddings come from the same place.
void require_no_hidden_states(const Context & context);

// Copies the hidden states for a batch from the context that has them.
void gather_hidden_states(Context & context, int64_t handle, int64_t source, const int32_t * rows, int32_t n_tokens);

// A batch is going to be decoded.
void expect_hidden_states(Context & context, const llama_batch & batch);

// A batch was decoded.
void note_hidden_states(Context & context, const llama_batch & batch);

// Whether a batch is surely computed in its own order by a unified KV cache. Where its buffer of sliding windows is smaller than the
// other and has no room for a micro-batch, llama.cpp splits the batch by sequence instead. Asked before the batch is computed.
bool finds_room_in_order(const Context & context, const llama_batch & batch);

// Finds where the hidden state of each token of a batch lies, for HiddenStates::rows; false when that is not known.
bool find_hidden_order(const Context & context, const llama_batch & batch, std::vector<int32_t> & rows);

}  // namespace tokapu
