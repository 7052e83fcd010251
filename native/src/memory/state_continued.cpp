// States that share the memory of other states: what both have the same tokens for is not copied again.
#include "llama.h"
#include "memory/state_record.h"

#include <cstring>
#include <memory>
#include <utility>

namespace tokapu {

namespace {

// The format of the state of a plain KV cache (llama_kv_cache::state_write), in the byte order of this machine:
//   u32 magic, u32 sequence, u32 buffers, then for each buffer u32 cells, and where that is not 0
//     for each cell i32 position, u32 1, i32 sequence
//     u32 whether values are transposed, u32 layers
//     for the keys of each layer, then for the values: i32 type, u64 bytes of a row, a row for each cell
static_assert(LLAMA_STATE_SEQ_VERSION == 3, "llama_kv_cache::state_write writes another format: compare it with this one");

constexpr size_t HEADER     = 3 * sizeof(uint32_t);
constexpr size_t COUNT      = sizeof(uint32_t);
constexpr size_t CELL       = 3 * sizeof(uint32_t);
constexpr size_t DATA       = 2 * sizeof(uint32_t);
constexpr size_t ROWS       = sizeof(int32_t) + sizeof(uint64_t);
constexpr size_t MOST_CELLS = size_t{ 1 } << 28U;

template <class T> T number(const uint8_t * bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof(value));
    return value;
}

// Cells that follow each other in a state.
struct Cells {
    size_t first;
    size_t end;
};

// What comes before the first row of a state: its cells.
class Head {
  public:
    // Of bytes that nobody vouches for; false when they are not those of a plain KV cache. at(place, size): the address of some bytes.
    template <class F> bool read(size_t size, F && at) {
        if (size < HEADER) {
            return false;
        }
        n_buffers = number<uint32_t>(at(2 * sizeof(uint32_t), sizeof(uint32_t)));
        size_t place = HEADER;
        for (size_t count = 0; count == 0; n_before++) {
            if (n_before >= n_buffers || size - place < COUNT) {
                return false;
            }
            count   = number<uint32_t>(at(place, COUNT));
            n_cells = count;
            place += COUNT;
        }
        n_before--;
        if (n_cells > MOST_CELLS || size - place < n_cells * CELL + DATA) {
            return false;
        }
        cells_at = place;
        positions.reserve(n_cells);
        for (size_t i = 0; i < n_cells; i++, place += CELL) {
            const uint8_t * const cell = at(place, CELL);
            if (number<uint32_t>(cell + sizeof(int32_t)) != 1) {
                return false;
            }
            positions.push_back(number<int32_t>(cell));
        }
        return true;
    }

    size_t data_at() const { return cells_at + n_cells * CELL; }

    // Bytes behind the last row: the buffers behind that of the sequence have no cells.
    size_t tail() const { return (n_buffers - n_before - 1) * COUNT; }

    size_t               n_buffers = 0;
    size_t               n_before  = 0;  // buffers without cells
    size_t               n_cells   = 0;
    size_t               cells_at  = 0;
    std::vector<int32_t> positions;

    // The cells with positions from one to before another.
    std::vector<Cells> between(int32_t from, int32_t to) const {
        std::vector<Cells> found;
        for (size_t i = 0; i < n_cells; i++) {
            if (positions[i] < from || positions[i] >= to) {
                continue;
            }
            if (found.empty() || found.back().end != i) {
                found.push_back({ i, i });
            }
            found.back().end++;
        }
        return found;
    }

    // Whether each position before one has one cell.
    bool has_all(int32_t before) const {
        std::vector<bool> seen(static_cast<size_t>(before));
        size_t            count = 0;
        for (const int32_t position : positions) {
            if (position < 0 || (position < before && seen[static_cast<size_t>(position)])) {
                return false;
            }
            if (position < before) {
                seen[static_cast<size_t>(position)] = true;
                count++;
            }
        }
        return count == seen.size();
    }
};

// Rows of one tensor in a record: a part that describes them, then parts with rows.
struct Rows {
    const StateRecord::Part * described;
    const StateRecord::Part * first;
    const StateRecord::Part * end;
    size_t                    row;  // bytes
};

// The rows of all tensors of a record; none when it is not that of a plain KV cache with its head.
std::vector<Rows> rows_of(const StateRecord & record, const Head & head) {
    const StateRecord::Part * const begin = record.parts().data();
    const StateRecord::Part * const end   = begin + record.parts().size();
    if (begin->size != head.data_at() + DATA + ROWS || number<uint32_t>(record.described(*begin) + head.data_at()) != 0) {
        return {};
    }
    std::vector<Rows> all;
    for (const StateRecord::Part * part = begin; part != end;) {
        const StateRecord::Part * const described = part++;
        const StateRecord::Part * const first     = part;
        size_t                          size      = 0;
        for (; part != end && part->tensor != nullptr; part++) {
            size += part->size;
        }
        if (first == part) {
            return described->size == head.tail() ? all : std::vector<Rows>{};
        }
        const auto row = number<uint64_t>(record.described(*described) + described->size - sizeof(uint64_t));
        if ((described != begin && described->size != ROWS) || size != row * head.n_cells) {
            return {};
        }
        all.push_back({ described, first, part, row });
    }
    return head.tail() == 0 ? all : std::vector<Rows>{};
}

// Another state, whose rows are shared.
class Other {
  public:
    explicit Other(const StateBytes & bytes) : bytes(bytes) {}

    // Whether it has rows of the same tensors as a record, and is sound.
    bool read(const StateRecord & record, const Head & own, const std::vector<Rows> & rows) {
        std::vector<uint8_t> buffer;
        const auto           at = [&](size_t place, size_t size) {
            buffer.resize(size);
            bytes.read(place, buffer.data(), size);
            return buffer.data();
        };
        if (!head.read(bytes.size(), at) || head.n_buffers != own.n_buffers) {
            return false;
        }
        size_t place = head.data_at();
        size_t from  = DATA + ROWS;  // of the description of the first tensor, that of the values comes first
        for (const Rows & each : rows) {
            const size_t behind = place + from + each.row * head.n_cells;
            if (behind > bytes.size() ||
                std::memcmp(at(place, from), record.described(*each.described) + each.described->size - from, from) != 0) {
                return false;
            }
            places.push_back(place + from);
            place = behind;
            from  = ROWS;
        }
        return place + head.tail() == bytes.size();
    }

    const StateBytes &  bytes;
    Head                head;
    std::vector<size_t> places;  // of the first row of each tensor
};

// Puts a state together from what is described, rows of another state, and rows to be copied.
class Builder {
  public:
    Builder(std::shared_ptr<StateMemory> memory, TensorCopies & copies) : memory(std::move(memory)), copies(copies) {}

    void describe(const void * from, size_t size) {
        copies.add(from, bytes.size(), size);
        take(size);
    }

    void share(const StateBytes & other, size_t place, size_t size) { bytes.share(other, place, size); }

    // The rows of some cells, which the parts of a record have in the same order.
    void copy(const Rows & rows, const std::vector<Cells> & cells) {
        const StateRecord::Part * part = rows.first;
        size_t                    at   = 0;  // the first cell of the part
        for (const Cells & some : cells) {
            for (size_t cell = some.first; cell < some.end;) {
                size_t n_part = part->size / rows.row;
                while (cell >= at + n_part) {
                    at += n_part;
                    part++;
                    n_part = part->size / rows.row;
                }
                const size_t count = std::min(some.end, at + n_part) - cell;
                copies.add(part->tensor, part->offset + (cell - at) * rows.row, bytes.size(), count * rows.row);
                take(count * rows.row);
                cell += count;
            }
        }
    }

    StateBytes & result() { return bytes; }

  private:
    void take(size_t size) {
        bytes.share(memory, taken, size);
        taken += size;
    }

    std::shared_ptr<StateMemory> memory;
    TensorCopies &               copies;
    StateBytes                   bytes;
    size_t                       taken = 0;  // bytes of the memory
};

size_t count(const std::vector<Cells> & cells) {
    size_t n = 0;
    for (const Cells & some : cells) {
        n += some.end - some.first;
    }
    return n;
}

}  // namespace

std::optional<StateBytes> continued_state(const StateRecord & record, const StateBytes & other, int32_t common, TensorCopier * copier,
                                          TensorCopies & copies) {
    const StateRecord::Part & first     = record.parts().front();
    const uint8_t * const     described = record.described(first);
    Head                      own;
    if (!own.read(first.size, [&](size_t place, size_t) { return described + place; })) {
        return std::nullopt;
    }
    const std::vector<Rows> rows = rows_of(record, own);
    Other                   shared(other);
    if (rows.empty() || !shared.read(record, own, rows) || !own.has_all(common) || !shared.head.has_all(common)) {
        return std::nullopt;
    }
    const std::vector<Cells> old_cells = shared.head.between(0, common);
    const std::vector<Cells> new_cells = own.between(common, INT32_MAX);
    size_t                   row       = 0;
    for (const Rows & each : rows) {
        row += each.row;
    }
    const size_t size = record.size() - row * count(old_cells);
    if (other.held() + size > record.size() + record.size() / 8) {
        return std::nullopt;
    }
    TensorCopies wanted;
    Builder      builder(memory_for(record, size, copier), wanted);
    builder.describe(described, own.cells_at);
    for (const Cells & cells : old_cells) {
        for (size_t i = cells.first; i < cells.end; i++) {
            const int32_t cell[] = { shared.head.positions[i], 1, 0 };
            builder.describe(cell, sizeof(cell));
        }
    }
    for (const Cells & cells : new_cells) {
        builder.describe(described + own.cells_at + cells.first * CELL, (cells.end - cells.first) * CELL);
    }
    builder.describe(described + own.data_at(), DATA);
    for (size_t k = 0; k < rows.size(); k++) {
        const Rows & each = rows[k];
        builder.describe(record.described(*each.described) + each.described->size - ROWS, ROWS);
        for (const Cells & cells : old_cells) {
            builder.share(other, shared.places[k] + cells.first * each.row, (cells.end - cells.first) * each.row);
        }
        builder.copy(each, new_cells);
    }
    const StateRecord::Part & last = record.parts().back();
    if (last.tensor == nullptr) {
        builder.describe(record.described(last), last.size);
    }
    copies = std::move(wanted);
    return std::move(builder.result());
}

}  // namespace tokapu
