#include "memory/state_record.h"

#include "context/context.h"
#include "ggml-backend.h"
#include "llama-memory.h"  // internal: what is recorded
#include "memory/state.h"

#include <algorithm>
#include <memory>

namespace tokapu {

void StateRecord::write(const void * src, size_t size) {
    if (all.empty() || all.back().tensor != nullptr) {
        all.push_back({ nullptr, description.size(), 0 });
    }
    const auto * const from = static_cast<const uint8_t *>(src);
    description.insert(description.end(), from, from + size);
    all.back().size += size;
    bytes += size;
}

void StateRecord::write_tensor(ggml_tensor * tensor, size_t offset, size_t size) {
    all.push_back({ tensor, offset, size });
    bytes += size;
}

bool StateRecord::in_host_memory() const {
    return std::all_of(all.begin(), all.end(),
                       [](const Part & part) { return part.tensor == nullptr || ggml_backend_buffer_is_host(buffer_of(part.tensor)); });
}

StateRecord record_state(Context & context, int32_t seq_id, bool partial) {
    finish_moves(context);
    llama_synchronize(context.llama);
    StateRecord record;
    record.write(&STATE_MAGIC, sizeof(STATE_MAGIC));
    record.write(&seq_id, sizeof(seq_id));
    context.memory->state_write(record, seq_id, partial ? LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY : LLAMA_STATE_SEQ_FLAGS_NONE);
    return record;
}

std::shared_ptr<StateMemory> memory_for(const StateRecord & record, size_t size, TensorCopier * copier) {
    auto memory = std::make_shared<StateMemory>(size);
    if (copier != nullptr && record.in_host_memory()) {
        memory->take_small_pages();
    } else if (copier != nullptr) {
        copier->pages().take(memory);
    }
    return memory;
}

StateBytes whole_state(const StateRecord & record, TensorCopier * copier, TensorCopies & copies) {
    const auto memory = memory_for(record, record.size(), copier);
    StateBytes bytes;
    for (const StateRecord::Part & part : record.parts()) {
        if (part.tensor == nullptr) {
            copies.add(record.described(part), bytes.size(), part.size);
        } else {
            copies.add(part.tensor, part.offset, bytes.size(), part.size);
        }
        bytes.share(memory, bytes.size(), part.size);
    }
    return bytes;
}

}  // namespace tokapu
