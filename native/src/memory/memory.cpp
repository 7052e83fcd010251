// The memory of a context: KV cache and recurrent state, by sequence and position.
#include "memory/memory.h"

#include "memory/kv_shift.h"
#include "memory/state.h"

#include <algorithm>

namespace tokapu {

void require_memory(const Context & context) {
    if (context.memory == nullptr) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "this model has no memory: it does not remember earlier batches");
    }
}

void require_sequence(const Context & context, int32_t seq_id, int32_t min, const char * name) {
    require_range(seq_id, min, context.n_seq_max - 1, name);
}

namespace {

void disturb(Context & context, int32_t seq_id, int32_t p0) {
    for (int32_t s = 0; s < context.n_seq_max; s++) {
        CountedOn & counted_on = context.counted_on[static_cast<size_t>(s)];
        if ((seq_id < 0 || s == seq_id) && p0 <= counted_on.last) {
            counted_on.last = -1;
            counted_on.epoch++;
        }
    }
}

// In one buffer, sequences that share cells move together.
void moves(Context & context, int32_t seq_id, int32_t p0) {
    forget_text(context, seq_id);
    disturb(context, context.unified ? -1 : seq_id, p0);
}

}  // namespace

void changes(Context & context, int32_t seq_id, int32_t p0) {
    forget_text(context, seq_id);
    disturb(context, seq_id, p0);
}

bool has_recurrent_state(const Context & context) {
    return llama_model_is_recurrent(context.model->llama) || llama_model_is_hybrid(context.model->llama);
}

namespace {

constexpr int32_t MAX_POSITION = INT32_MAX / 2;

struct Range {
    int32_t p0;
    int32_t p1;
};

// Negative bounds are open; an empty or reversed range touches nothing.
Range normalized(int32_t p0, int32_t p1) {
    return { std::max(p0, 0), p1 < 0 ? INT32_MAX : p1 };
}

// Recurrent state goes back to a snapshot, where there is one of that position.
void require_snapshot(const Context & context, int32_t seq_id, int32_t p0, int32_t p1) {
    const Range   range = normalized(p0, p1);
    const int32_t last  = llama_memory_seq_pos_max(context.memory, seq_id);
    if (range.p0 == 0 || range.p0 > last || range.p1 <= last) {
        return;
    }
    const int32_t room = context.rollback[static_cast<size_t>(seq_id)];
    if (last - range.p0 + 1 > room) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "sequence %d can be rolled back by %d tokens, which the last batch left snapshots of, not by %d",
             seq_id, room, last - range.p0 + 1);
    }
}

void remove(Context & context, int32_t seq_id, int32_t p0, int32_t p1) {
    changes(context, seq_id, p0);
    if (!context.rollback.empty()) {
        require_snapshot(context, seq_id, p0, p1);
    }
    if (!llama_memory_seq_rm(context.memory, seq_id, p0, p1)) {
        fail(TOKAPU_ERROR_UNSUPPORTED,
             "this memory cannot remove positions %d to %d of sequence %d; remove the whole sequence", p0, p1, seq_id);
    }
    if (!context.rollback.empty()) {
        context.rollback[static_cast<size_t>(seq_id)] = 0;
    }
}

void remove_any(Context & context, int32_t p0, int32_t p1) {
    const Range range = normalized(p0, p1);
    const bool  whole = range.p0 == 0 && range.p1 == INT32_MAX;
    if (!whole && has_recurrent_state(context)) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "this memory cannot remove a part of a sequence; remove whole sequences");
    }
    for (int32_t s = 0; s < context.n_seq_max; s++) {
        remove(context, s, p0, p1);
    }
}

void copy(Context & context, int32_t src, int32_t dst, int32_t p0, int32_t p1) {
    if (src == dst) {
        return;
    }
    const Range range = normalized(p0, p1);
    const bool  whole = range.p0 == 0 && range.p1 > llama_memory_seq_pos_max(context.memory, src);
    if (!whole && (!context.unified || has_recurrent_state(context))) {
        fail(TOKAPU_ERROR_UNSUPPORTED,
             "this memory can copy whole sequences only, not positions %d to %d; a context with kv_unified = 1 can where the "
             "model is not recurrent",
             p0, p1);
    }
    // Cells that the target has already would be counted twice.
    remove(context, dst, whole ? -1 : p0, whole ? -1 : p1);
    llama_memory_seq_cp(context.memory, src, dst, whole ? -1 : p0, whole ? -1 : p1);
    if (!context.rollback.empty()) {
        // After a rollback the state is in another place, and llama.cpp's seq_cp does not take that note along.
        restore_state(context, dst, save_state(context, src, true), true);
    }
    if (whole) {
        copy_text(context, src, dst);
    }
}

void require_shift(const Context & context) {
    const std::string reason = no_shift_reason(context);
    if (!reason.empty()) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "%s", reason.c_str());
    }
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_memory_clear(int64_t context, int32_t data) {
    return with_memory(context, [&](Context & object) {
        require_flag(data, "data");
        changes(object, -1, 0);
        llama_memory_clear(object.memory, data != 0);
    });
}

int32_t tokapu_memory_seq_rm(int64_t context, int32_t seq_id, int32_t p0, int32_t p1) {
    return with_memory(context, [&](Context & object) {
        require_sequence(object, seq_id, -1, "seq_id");
        if (seq_id < 0) {
            remove_any(object, p0, p1);
        } else {
            remove(object, seq_id, p0, p1);
        }
    });
}

int32_t tokapu_memory_seq_cp(int64_t context, int32_t src, int32_t dst, int32_t p0, int32_t p1) {
    return with_memory(context, [&](Context & object) {
        require_sequence(object, src, 0, "src");
        require_sequence(object, dst, 0, "dst");
        copy(object, src, dst, p0, p1);
    });
}

int32_t tokapu_memory_seq_keep(int64_t context, int32_t seq_id) {
    return with_memory(context, [&](Context & object) {
        require_sequence(object, seq_id, 0, "seq_id");
        llama_memory_seq_keep(object.memory, seq_id);
        for (int32_t s = 0; s < object.n_seq_max; s++) {
            if (s != seq_id) {
                remove(object, s, -1, -1);  // llama.cpp's seq_keep looks into the stream of seq_id only
            }
        }
    });
}

int32_t tokapu_memory_seq_add(int64_t context, int32_t seq_id, int32_t p0, int32_t p1, int32_t delta) {
    return with_memory(context, [&](Context & object) {
        require_sequence(object, seq_id, 0, "seq_id");
        require_range(delta, -MAX_POSITION, MAX_POSITION, "delta");
        require_shift(object);
        const int64_t last = llama_memory_seq_pos_max(object.memory, seq_id);
        if (last + delta > MAX_POSITION) {
            fail(TOKAPU_ERROR_ARGUMENT, "adding %d to position %lld goes over the largest position, %d", delta,
                 static_cast<long long>(last), MAX_POSITION);
        }
        moves(object, seq_id, p0);
        llama_memory_seq_add(object.memory, seq_id, p0, p1, delta);
    });
}

int32_t tokapu_memory_seq_div(int64_t context, int32_t seq_id, int32_t p0, int32_t p1, int32_t divisor) {
    return with_memory(context, [&](Context & object) {
        require_sequence(object, seq_id, 0, "seq_id");
        require_range(divisor, 1, INT32_MAX, "divisor");
        require_shift(object);
        moves(object, seq_id, p0);
        llama_memory_seq_div(object.memory, seq_id, p0, p1, divisor);
    });
}

int32_t tokapu_memory_seq_range(int64_t context, int32_t seq_id, int32_t * pos_min, int32_t * pos_max) {
    return with_memory(context, [&](Context & object) {
        require(pos_min, "pos_min");
        require(pos_max, "pos_max");
        require_sequence(object, seq_id, 0, "seq_id");
        *pos_min = llama_memory_seq_pos_min(object.memory, seq_id);
        *pos_max = llama_memory_seq_pos_max(object.memory, seq_id);
    });
}

}  // extern "C"
