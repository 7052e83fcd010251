// Which sequences the tokens of a batch belong to; where it has no ids, all to sequence 0.
#pragma once

#include "llama.h"

#include <cstdint>

namespace tokapu {

class BatchTokens {
  public:
    explicit BatchTokens(const llama_batch & batch) : batch(batch) {}

    int32_t n_sequences(int32_t i) const { return batch.n_seq_id == nullptr ? 1 : batch.n_seq_id[i]; }

    int32_t sequence(int32_t i, int32_t k) const { return batch.seq_id == nullptr ? 0 : batch.seq_id[i][k]; }

    // Calls the body with each token's index and each of its sequences.
    template <class F> void each(F && body) const {
        for (int32_t i = 0; i < batch.n_tokens; i++) {
            for (int32_t k = 0; k < n_sequences(i); k++) {
                body(i, sequence(i, k));
            }
        }
    }

  private:
    const llama_batch & batch;
};

}  // namespace tokapu
