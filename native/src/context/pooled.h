// One vector for each text, however long it is and with however many others it is decoded. llama.cpp pools each micro-batch alone
// and overwrites the vector of the one before; here a batch is cut so that what a micro-batch has of a text is known, and the
// vectors of the pieces become that of the text.
#pragma once

#include <cstdint>
#include <vector>

struct llama_batch;

namespace tokapu {

class Context;

// What is known of the text of a sequence.
struct PooledText {
    std::vector<float> vector;
    int32_t            tokens   = 0;      // how many went into it
    int32_t            last     = -1;     // the position of the last of them
    bool               whole    = true;   // all of the text went into it
    bool               in_batch = false;  // some of it was in the last batch
};

// Whether the vectors of texts are put together here: all pooled ones except the last token's, which llama.cpp gets right.
bool pools_texts(const Context & context);

// How many numbers the vector of a sequence has.
int32_t pooled_width(const Context & context);

// Decodes a batch and keeps the vectors of its texts; the status of llama_decode().
int32_t decode_pooled(Context & context, const llama_batch & batch);

// The text of a sequence is not what it was: its vector cannot be continued. -1: all sequences.
void forget_text(Context & context, int32_t seq_id);

// A sequence became a copy of another.
void copy_text(Context & context, int32_t src, int32_t dst);

// The vector of a text of the last batch, or a Failure.
const std::vector<float> & pooled_vector(const Context & context, int32_t seq_id);

}  // namespace tokapu
