// Copies between the tensors of a KV cache and host memory, on several threads.
#pragma once

#include "core/worker_pool.h"
#include "ggml-backend.h"
#include "memory/page_taker.h"
#include "memory/state_bytes.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace tokapu {

// The buffer that a tensor is in.
ggml_backend_buffer_t buffer_of(const ggml_tensor * tensor);

// Some bytes of a tensor, or of the description around tensors, and their place among the bytes of a state.
struct TensorCopy {
    ggml_tensor * tensor;  // NULL: of the description
    size_t        offset;
    size_t        place;
    size_t        size;
};

// Copies of one tensor that one call moves together, with what lies between them. In a KV cache that sequences share the tokens of an
// answer lie alone, and a call for each takes a GPU longer than their neighbours do.
struct CopyGroup {
    size_t first;
    size_t end;
    size_t offset;  // from here
    size_t extent;  // so many bytes of the tensor
};

// What is to be copied, in groups that threads and calls share.
class TensorCopies {
  public:
    void add(ggml_tensor * tensor, size_t offset, size_t place, size_t size);

    // Bytes of the description, which lie between those of tensors. They are kept, since touching all pages of a new state takes as long
    // as copying it does: that is part of the pieces.
    void add(const void * described, size_t place, size_t size);

    // Bytes that were not handed out.
    size_t left() const { return n_left; }

    // Some groups, and where they end.
    struct Part {
        const CopyGroup *  first;
        const CopyGroup *  end;
        const TensorCopy * copies;
        const uint8_t *    description;
    };

    // The next groups, at least one if there are any. A small one counts for more than it has: it is the calls that take the time then.
    Part take(size_t bytes);

  private:
    void group();

    std::vector<TensorCopy> copies;
    std::vector<CopyGroup>  groups;  // once the first are taken
    std::vector<uint8_t>    description;
    size_t                  next   = 0;
    size_t                  n_left = 0;
};

// Copies a group from its tensor to the bytes of a state, or from there to the tensor, whose bytes between the copies stay.
// through: memory of the group's extent; NULL where each copy is made directly.
void copy_group(const CopyGroup & group, const TensorCopy * copies, StateBytes & state, uint8_t * through, bool to_tensor);

// The threads that copy, and the pinned memory through which they do: a GPU writes to memory that may be paged out at a tenth of the
// speed of its bus, and one thread fills new memory more slowly than a GPU or the other cores deliver it.
class TensorCopier {
  public:
    TensorCopier();
    ~TensorCopier();
    TensorCopier(const TensorCopier &)             = delete;
    TensorCopier & operator=(const TensorCopier &) = delete;

    // Copies from tensors to the bytes of a state. One caller at a time.
    void read(TensorCopies::Part part, StateBytes & state) { run(part, state, false); }

    // Copies from the bytes of a state to tensors. One caller at a time.
    void write(TensorCopies::Part part, const StateBytes & state) {
        run(part, const_cast<StateBytes &>(state), true);  // only read from
    }

    // Takes the pages of new states ahead.
    PageTaker & pages() { return taker; }

  private:
    using Pinned = std::map<ggml_backend_buffer_type_t, ggml_backend_buffer_t>;

    void      run(TensorCopies::Part part, StateBytes & state, bool to_tensors);
    uint8_t * pinned(int32_t lane, ggml_backend_buffer_type_t type);

    const int32_t       n_lanes;
    WorkerPool          pool;
    std::vector<Pinned> buffers;  // by lane
    PageTaker           taker;
};

}  // namespace tokapu
