#pragma once

#include "core/handles.h"
#include "memory/state_bytes.h"

#include <cstdint>
#include <shared_mutex>

namespace tokapu {

// What the memory of a context held of one sequence.
class State : public Object {
  public:
    static constexpr Kind KIND = Kind::state;

    State() : Object(KIND) {}

    StateBytes                bytes;
    mutable std::shared_mutex lock;  // appending is exclusive, everything else may be shared
};

class Context;
class TensorCopier;
class TensorCopies;

constexpr uint32_t STATE_MAGIC = 0xaf143cd8;  // io_magic of llama-context.cpp: what a state begins with

// Whether this memory has parts that removing positions cannot bring back: sliding windows, recurrent state.
bool has_partial_state(const Context & context);

// Carries out what llama.cpp leaves to the next decode: copies of sequences with buffers of their own, and moves of positions. A
// state taken before would have what was there before, and one that is put there would be overwritten.
void finish_moves(const Context & context);

// Fills a sequence from bytes that may come from anywhere; after a Failure the sequence is empty.
void restore_state(Context & context, int32_t seq_id, const StateBytes & bytes, bool partial);

// The same but for keys and values, which are still to be written to its cells.
void begin_restore(Context & context, int32_t seq_id, const StateBytes & bytes, bool partial, TensorCopies & copies);

// Writes about so many bytes of them to the cells; after a Failure the sequence is empty.
void write_part(Context & context, int32_t seq_id, TensorCopies & copies, size_t part, const StateBytes & bytes);

// What copies the states of a context.
TensorCopier & copier_of(Context & context);

// Takes the state of a sequence, with the bytes that llama.h's own function has.
StateBytes save_state(Context & context, int32_t seq_id, bool partial);

}  // namespace tokapu
