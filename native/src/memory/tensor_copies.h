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

// Some bytes of a tensor, and their place in host memory.
struct TensorCopy {
    ggml_tensor * tensor;
    size_t        offset;
    uint8_t *     host;
    size_t        size;
};

// The threads that copy, and the pinned memory through which they do: a GPU writes to memory that may be paged out at a tenth of the
// speed of its bus, and one thread fills new memory more slowly than a GPU or the other cores deliver it.
class TensorCopier {
  public:
    TensorCopier();
    ~TensorCopier();
    TensorCopier(const TensorCopier &)             = delete;
    TensorCopier & operator=(const TensorCopier &) = delete;

    // Copies from tensors to host memory. One caller at a time.
    void read(const std::vector<TensorCopy> & copies) { run(copies, false); }

    // Copies from host memory to tensors. One caller at a time.
    void write(const std::vector<TensorCopy> & copies) { run(copies, true); }

  private:
    using Pinned = std::map<ggml_backend_buffer_type_t, ggml_backend_buffer_t>;

    void      run(const std::vector<TensorCopy> & copies, bool to_tensors);
    uint8_t * pinned(int32_t lane, ggml_backend_buffer_type_t type);

    const int32_t       n_lanes;
    WorkerPool          pool;
    std::vector<Pinned> buffers;  // by lane
};

}  // namespace tokapu
