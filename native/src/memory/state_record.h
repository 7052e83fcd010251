// What llama.cpp writes of a sequence, before its keys and values are copied.
#pragma once

#include "llama-io.h"  // internal: llama.h's own writer copies on one thread, to memory that a GPU is slow to reach
#include "memory/state_bytes.h"
#include "memory/tensor_copies.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

struct ggml_tensor;

namespace tokapu {

class Context;

// The state of a sequence as a list: bytes of its description, and where the tensors have the rest.
class StateRecord : public llama_io_write_i {
  public:
    // Some bytes of a tensor, or of the description.
    struct Part {
        ggml_tensor * tensor;  // NULL: of the description
        size_t        offset;
        size_t        size;
    };

    void   write(const void * src, size_t size) override;
    void   write_tensor(ggml_tensor * tensor, size_t offset, size_t size) override;
    size_t n_bytes() override { return bytes; }

    size_t size() const { return bytes; }

    const std::vector<Part> & parts() const { return all; }

    const uint8_t * described(const Part & part) const { return description.data() + part.offset; }

    // Whether all tensors are in memory that the CPU reads, where a copy takes little longer than the first write to its pages.
    bool in_host_memory() const;

  private:
    std::vector<Part>    all;
    std::vector<uint8_t> description;
    size_t               bytes = 0;
};

// Records the state of a sequence. The tensors are as they are when they are copied.
StateRecord record_state(Context & context, int32_t seq_id, bool partial);

// Memory for bytes of a state.
// copier: takes its pages ahead, for bytes that are filled in parts while others wait; NULL: they are filled at once.
std::shared_ptr<StateMemory> memory_for(const StateRecord & record, size_t size, TensorCopier * copier);

// New bytes for all of a state, and what is to be copied to them.
StateBytes whole_state(const StateRecord & record, TensorCopier * copier, TensorCopies & copies);

// The same with keys and values of another state for the first positions, which are not copied. Nothing where the other state does not
// have all of them, or would keep far more memory than it is of use for, or where this is not a plain KV cache.
// common: positions from 0 on that both have with the same tokens.
std::optional<StateBytes> continued_state(const StateRecord & record, const StateBytes & other, int32_t common, TensorCopier * copier,
                                          TensorCopies & copies);

}  // namespace tokapu
