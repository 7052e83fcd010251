// Reading the state of a sequence from bytes that nobody vouches for.
#include "context/context.h"
#include "llama-io.h"      // internal: llama.h's own reader believes every number that it reads
#include "llama-memory.h"  // internal: what it reads into
#include "memory/memory.h"
#include "memory/state.h"
#include "memory/tensor_copies.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace tokapu {

namespace {

// The reader that llama.cpp's memory asks for numbers and tensors. Numbers of 32 bits are counts, positions, ids and types:
// none is negative, and none is so large that memory for as many cells would be a danger. Tensors are written once everything
// has been read, so that nothing is written from bytes that turn out to be wrong.
class StateReader : public llama_io_read_i {
  public:
    // Begins behind the first bytes.
    StateReader(const StateBytes & bytes, size_t begin, TensorCopies & copies) :
        bytes(bytes),
        begin(begin),
        position(begin),
        copies(copies) {}

    void read(void * dst, size_t count) override {
        bytes.read(take(count), dst, count);
        if (count == sizeof(uint32_t)) {
            uint32_t number = 0;
            std::memcpy(&number, dst, sizeof(number));
            if (number > MAX_NUMBER) {
                refuse("the state is damaged: " + std::to_string(number) + " is not a number that belongs there");
            }
        }
    }

    void read_tensor(ggml_tensor * tensor, size_t offset, size_t count) override {
        copies.add(tensor, offset, take(count), count);
    }

    size_t n_bytes() override { return position - begin; }

    bool at_end() const { return position == bytes.size(); }

    // Why it refused to go on: llama.cpp catches what it throws and has no reason of its own.
    const std::string & reason() const { return problem; }

  private:
    static constexpr uint32_t MAX_NUMBER = 1U << 24U;  // positions go on counting in recurrent models

    [[noreturn]] void refuse(std::string message) {
        problem = std::move(message);
        throw std::runtime_error(problem);
    }

    size_t take(size_t count) {
        if (count > bytes.size() - position) {
            refuse("the state ends too early");
        }
        const size_t taken = position;
        position += count;
        return taken;
    }

    const StateBytes & bytes;
    const size_t       begin;
    size_t             position;
    TensorCopies &     copies;
    std::string        problem;
};

void read_cells(Context & context, int32_t seq_id, const StateBytes & bytes, bool partial, TensorCopies & copies) {
    uint32_t header[2] = {};  // the magic number and the sequence that it was taken from
    if (bytes.size() < sizeof(header)) {
        fail(TOKAPU_ERROR_STATE, "the state ends too early");
    }
    bytes.read(0, header, sizeof(header));
    if (header[0] != STATE_MAGIC) {
        fail(TOKAPU_ERROR_STATE, "these bytes are not the state of a sequence");
    }
    llama_synchronize(context.llama);
    StateReader reader(bytes, sizeof(header), copies);
    try {
        context.memory->state_read(reader, seq_id,
                                   partial ? LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY : LLAMA_STATE_SEQ_FLAGS_NONE);
    } catch (const std::runtime_error & e) {
        fail(TOKAPU_ERROR_STATE, "the state does not fit this memory: %s",
             reader.reason().empty() ? e.what() : reader.reason().c_str());
    }
    if (!reader.at_end()) {
        fail(TOKAPU_ERROR_STATE, "the state has more bytes than belong to this memory");
    }
}

// Does something with a sequence, which is empty after a Failure.
template <class F> void or_empty(Context & context, int32_t seq_id, F && body) {
    try {
        body();
    } catch (const Failure &) {
        llama_memory_seq_rm(context.memory, seq_id, -1, -1);
        throw;
    } catch (const AbortException &) {
        throw;
    } catch (const std::bad_alloc &) {
        llama_memory_seq_rm(context.memory, seq_id, -1, -1);
        throw;
    } catch (const std::exception & e) {
        llama_memory_seq_rm(context.memory, seq_id, -1, -1);
        fail(TOKAPU_ERROR_STATE, "the state does not fit this memory: %s", e.what());
    }
}

}  // namespace

void begin_restore(Context & context, int32_t seq_id, const StateBytes & bytes, bool partial, TensorCopies & copies) {
    changes(context, seq_id, 0);
    if (!context.rollback.empty()) {
        context.rollback[static_cast<size_t>(seq_id)] = 0;
    }
    finish_moves(context);
    or_empty(context, seq_id, [&] { read_cells(context, seq_id, bytes, partial, copies); });
}

void write_part(Context & context, int32_t seq_id, TensorCopies & copies, size_t part, const StateBytes & bytes) {
    llama_synchronize(context.llama);  // what lies between the cells is written again
    or_empty(context, seq_id, [&] { copier_of(context).write(copies.take(part), bytes); });
}

void restore_state(Context & context, int32_t seq_id, const StateBytes & bytes, bool partial) {
    TensorCopies copies;
    begin_restore(context, seq_id, bytes, partial, copies);
    write_part(context, seq_id, copies, SIZE_MAX, bytes);
}

}  // namespace tokapu
