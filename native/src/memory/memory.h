// What the functions on the memory of a context share.
#pragma once

#include "context/context.h"
#include "core/arguments.h"

namespace tokapu {

void require_memory(const Context & context);

void require_sequence(const Context & context, int32_t seq_id, int32_t min, const char * name);

// The positions of a sequence from p0 on are about to be removed, moved or replaced; seq_id -1: those of all sequences.
void changes(Context & context, int32_t seq_id, int32_t p0);

// Whether the model's state of a sequence is, at least in part, one that only its last token has.
bool has_recurrent_state(const Context & context);

// The frame of a call on the memory of a context.
template <class F> int32_t with_memory(int64_t handle, F && body) {
    return guarded([&] {
        const auto      context = get<Context>(handle);
        const Exclusive inside(*context);
        require_weights(*context->model);
        require_memory(*context);
        poisoning(*context, [&] { body(*context); });
        return TOKAPU_OK;
    });
}

}  // namespace tokapu
