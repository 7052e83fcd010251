// States that are taken and put back in parts, with other work on the context between them.
#include "core/arguments.h"
#include "llama-kv-cache.h"  // internal: the memory whose cells stay where they are
#include "memory/memory.h"
#include "memory/state.h"
#include "memory/state_record.h"
#include "memory/tensor_copies.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <utility>

namespace tokapu {

namespace {

// A state on its way: the cells are known, their keys and values are copied part by part.
class StateCopy : public Object {
  public:
    static constexpr Kind KIND = Kind::state_copy;

    StateCopy(std::shared_ptr<Context> context, int32_t seq_id, std::shared_ptr<State> state, bool restores) :
        Object(KIND),
        context(std::move(context)),
        seq_id(seq_id),
        state(std::move(state)),
        restores(restores) {}

    const std::shared_ptr<Context> context;  // kept alive
    const int32_t                  seq_id;
    const std::shared_ptr<State>   state;
    const bool                     restores;
    TensorCopies                   copies;
    bool                           failed = false;  // a part was not copied, and none is any more
    uint64_t                       epoch  = 0;      // of the sequence when this began
};

// Whether what a sequence has stays in its cells while other sequences are computed, and while it grows.
bool has_fixed_cells(const Context & context) {
    return dynamic_cast<const llama_kv_cache *>(context.memory) != nullptr && !has_partial_state(context);
}

CountedOn & counted_on(const StateCopy & copy) {
    return copy.context->counted_on[static_cast<size_t>(copy.seq_id)];
}

void require_sound(const StateCopy & copy) {
    if (copy.failed) {
        fail(TOKAPU_ERROR_STATE, "a part of this copy failed; free it and begin another one");
    }
    if (copy.copies.left() > 0 && copy.epoch != counted_on(copy).epoch) {
        fail(TOKAPU_ERROR_STATE,
             "positions of sequence %d were removed, moved or replaced before this copy was complete; free it and begin another one",
             copy.seq_id);
    }
}

// The context is entered by the caller.
void copy_part(StateCopy & copy, size_t bytes) {
    Context & context = *copy.context;
    copy.failed       = true;  // the pieces that are taken count as copied
    if (copy.restores) {
        const std::shared_lock held(copy.state->lock);
        write_part(context, copy.seq_id, copy.copies, bytes, copy.state->bytes);
    } else {
        copier_of(context).read(copy.copies.take(bytes), copy.state->bytes);
    }
    copy.failed = false;
}

void begin_restore(StateCopy & copy) {
    const std::shared_lock held(copy.state->lock);
    begin_restore(*copy.context, copy.seq_id, copy.state->bytes, false, copy.copies);
}

// Another state that the one to be taken has as many first positions in common with.
struct Continued {
    std::shared_ptr<State> state;  // NULL: none
    int32_t                common;
};

void begin_save(StateCopy & copy, const Continued & continued) {
    const StateRecord         record = record_state(*copy.context, copy.seq_id, false);
    TensorCopier * const      copier = has_fixed_cells(*copy.context) ? &copier_of(*copy.context) : nullptr;  // not at once
    std::optional<StateBytes> bytes;
    if (continued.state != nullptr) {
        const std::shared_lock held(continued.state->lock);
        bytes = continued_state(record, continued.state->bytes, continued.common, copier, copy.copies);
    }
    copy.state->bytes = bytes ? *std::move(bytes) : whole_state(record, copier, copy.copies);
}

// Counts on what the sequence has from now on, or copies it where it does not stay.
void begun(StateCopy & copy) {
    Context & context = *copy.context;
    if (!has_fixed_cells(context)) {
        copy_part(copy, SIZE_MAX);
        return;
    }
    CountedOn & positions = counted_on(copy);
    positions.last        = std::max(positions.last, llama_memory_seq_pos_max(context.memory, copy.seq_id));
    copy.epoch            = positions.epoch;
}

// The frame of a call on the memory of the context of a copy, which may be freed meanwhile.
template <class F> void in_context(const StateCopy & copy, F && body) {
    Context & context = *copy.context;
    if (context.poisoned.load(std::memory_order_acquire)) {
        fail_poisoned(Kind::context);
    }
    const Exclusive inside(context);
    poisoning(context, std::forward<F>(body));
}

// begin: fills a copy whose context is entered.
template <class F>
int32_t begin_copy(int64_t context, int32_t seq_id, std::shared_ptr<State> state, bool restores, int64_t * copy, F && begin) {
    require(copy, "copy");
    const auto object = get<Context>(context);
    const auto made   = std::make_shared<StateCopy>(object, seq_id, std::move(state), restores);
    require_weights(*object->model);
    require_memory(*object);
    require_sequence(*object, seq_id, 0, "seq_id");
    in_context(*made, [&] {
        begin(*made);
        begun(*made);
    });
    *copy = put_handle(made);
    return TOKAPU_OK;
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_state_copy_save(int64_t context, int32_t seq_id, int64_t continued, int32_t common, int64_t * copy) {
    return guarded([&] {
        require_range(common, 0, INT32_MAX, "common");
        const Continued other{ common == 0 ? nullptr : get<State>(continued), common };
        return begin_copy(context, seq_id, std::make_shared<State>(), false, copy, [&](StateCopy & made) { begin_save(made, other); });
    });
}

int32_t tokapu_state_copy_restore(int64_t state, int64_t context, int32_t seq_id, int64_t * copy) {
    return guarded([&] {
        return begin_copy(context, seq_id, get<State>(state), true, copy, [](StateCopy & made) { begin_restore(made); });
    });
}

int32_t tokapu_state_copy_next(int64_t copy, int64_t bytes, int64_t * left) {
    return guarded([&] {
        require(left, "left");
        require_range(bytes, 1, INT64_MAX, "bytes");
        const auto object = get<StateCopy>(copy);
        in_context(*object, [&] {
            require_sound(*object);
            copy_part(*object, static_cast<size_t>(bytes));
        });
        *left = static_cast<int64_t>(object->copies.left());
        return TOKAPU_OK;
    });
}

int32_t tokapu_state_copy_state(int64_t copy, int64_t * state) {
    return guarded([&] {
        require(state, "state");
        const auto object = get<StateCopy>(copy);
        if (object->restores) {
            fail(TOKAPU_ERROR_ARGUMENT, "this copy puts a state back, it makes none");
        }
        in_context(*object, [&] {
            require_sound(*object);
            if (object->copies.left() > 0) {
                fail(TOKAPU_ERROR_ARGUMENT, "%lld bytes of the state are still to be copied",
                     static_cast<long long>(object->copies.left()));
            }
        });
        *state = put_handle(object->state);
        return TOKAPU_OK;
    });
}

int32_t tokapu_state_copy_free(int64_t copy) {
    return guarded([&] {
        take_handle(copy, Kind::state_copy);
        return TOKAPU_OK;
    });
}

}  // extern "C"
