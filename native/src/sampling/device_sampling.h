// Sampler chains that run on the device that computes a sequence's outputs.
#pragma once

#include "context/context.h"
#include "sampling/sampler.h"

namespace tokapu {

// The tie between a chain and a sequence of a context. Ending it is all that the context does: the chain returns to the CPU when
// it is used next, under its own exclusivity.
struct Attachment {
    std::atomic<bool> live{ true };
    int32_t           extent = 0;  // as tokapu_context_set_sampler() reports it
};

// Holds all chains of a context while it decodes.
class InAttached {
  public:
    explicit InAttached(Context & context);
    ~InAttached() { release(); }
    InAttached(const InAttached &)             = delete;
    InAttached & operator=(const InAttached &) = delete;

  private:
    void release();

    Context & context;
    size_t    taken = 0;
};

// The id of the chain that runs for a sequence; 0 when there is none.
int64_t attached_id(const Context & context, int32_t seq_id);

// The context is gone, or as good as gone.
void end_attachments(Context & context);

}  // namespace tokapu
