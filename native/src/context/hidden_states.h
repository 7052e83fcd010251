// Hidden states of tokens: what MTP heads draft from. llama.cpp copies them to the host with each decode that is to keep them.
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
    std::vector<int32_t> rows;              // where that of each token lies; empty: in the order of the batch
    std::vector<float>   input;             // of the tokens of a batch for heads

    void forget() { n_tokens = 0; }
};

// Makes a context one of the model's heads, or a Failure.
void take_heads(const Model & model, llama_context_params & params);

// A context of heads keeps the hidden states of its outputs.
void keep_drafted_states(Context & context);

// Embeddings come from the same place.
void require_no_hidden_states(const Context & context);

// Copies the hidden states for a batch of heads from the context that has them.
void gather_hidden_states(Context & heads, int64_t handle, int64_t source, const int32_t * rows, int32_t n_tokens);

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
