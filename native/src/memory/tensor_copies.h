// Copies between the tensors of a KV cache and host memory, on several threads.
#pragma once

#include "core/worker_pool.h"
#include "ggml-backend.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace tokapu {

// Some bytes of a tensor, or of the description around tensors, and their place among the bytes of a state.
struct TensorCopy {
    ggml_tensor * tensor;  // NULL: of the description
    size_t        offset;
    size_t        place;
    size_t        size;
};

// What is to be copied, in pieces that threads and calls share.
class TensorCopies {
  public:
    void add(ggml_tensor * tensor, size_t offset, size_t place, size_t size);

    // Bytes of the description, which lie between those of tensors. They are kept, since touching all pages of a new state takes as long
    // as copying it does: that is part of the pieces.
    void add(const void * described, size_t place, size_t size);

    // Bytes that were not handed out.
    size_t left() const { return n_left; }

    // Some pieces, and where they end.
    struct Part {
        const TensorCopy * first;
        const TensorCopy * end;
        const uint8_t *    description;
    };

    // The next pieces, at least one if there are any. A small piece counts for more than it has: it is the calls that take the time then.
    Part take(size_t bytes);

  private:
    std::vector<TensorCopy> pieces;
    std::vector<uint8_t>    description;
    size_t                  next   = 0;
    size_t                  n_left = 0;
};

// The threads that copy, and the pinned memory through which they do: a GPU writes to memory that may be paged out at a tenth of the
// speed of its bus, and one thread fills new memory more slowly than a GPU or the other cores deliver it.
class TensorCopier {
  public:
    TensorCopier();
    ~TensorCopier();
    TensorCopier(const TensorCopier &)             = delete;
    TensorCopier & operator=(const TensorCopier &) = delete;

    // Copies from tensors to the bytes of a state. One caller at a time.
    void read(TensorCopies::Part part, uint8_t * state) { run(part, state, false); }

    // Copies from the bytes of a state to tensors. One caller at a time.
    void write(TensorCopies::Part part, const uint8_t * state) {
        run(part, const_cast<uint8_t *>(state), true);  // only read from
    }

  private:
    using Pinned = std::map<ggml_backend_buffer_type_t, ggml_backend_buffer_t>;

    void      run(TensorCopies::Part part, uint8_t * state, bool to_tensors);
    uint8_t * pinned(int32_t lane, ggml_backend_buffer_type_t type);

    const int32_t       n_lanes;
    WorkerPool          pool;
    std::vector<Pinned> buffers;  // by lane
};

}  // namespace tokapu
