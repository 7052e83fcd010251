#include "memory/tensor_copies.h"

#include "core/guard.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>
#include <thread>

namespace tokapu {

namespace {

constexpr size_t  PIECE      = size_t{ 1 } << 20U;
constexpr size_t  LEAST_COST = size_t{ 1 } << 16U;  // what a GPU copies in the time of a call
constexpr size_t  ALONE      = size_t{ 1 } << 20U;  // so few bytes are not worth waking threads
constexpr int32_t MOST_LANES = 4;

// How a buffer is copied to and from.
struct Way {
    bool                       shared;  // by several threads at once
    ggml_backend_buffer_type_t pinned;  // through memory of this type; NULL: directly
};

Way way_of(ggml_backend_buffer_t buffer) {
    if (ggml_backend_buffer_is_host(buffer)) {
        return { true, nullptr };
    }
    ggml_backend_dev_t const device = ggml_backend_buft_get_device(ggml_backend_buffer_get_type(buffer));
    if (device == nullptr) {
        return { false, nullptr };
    }
    const enum ggml_backend_dev_type type = ggml_backend_dev_type(device);
    if (type != GGML_BACKEND_DEVICE_TYPE_GPU && type != GGML_BACKEND_DEVICE_TYPE_IGPU) {
        return { false, nullptr };
    }
    // A device without pinned memory may be one behind a socket, whose calls must not meet.
    ggml_backend_buffer_type_t const pinned = ggml_backend_dev_host_buffer_type(device);
    return { pinned != nullptr, pinned };
}

void copy_one(const TensorCopy & copy, const StateBytes & state, bool to_tensor) {
    state.each(copy.place, copy.size, [&](uint8_t * memory, size_t done, size_t count) {
        if (to_tensor) {
            ggml_backend_tensor_set(copy.tensor, memory, copy.offset + done, count);
        } else {
            ggml_backend_tensor_get(copy.tensor, memory, copy.offset + done, count);
        }
    });
}

// Whether a copy may join those before it, the first of which begins at `offset`.
bool joins(const TensorCopy & before, const TensorCopy & copy, size_t offset) {
    return copy.tensor == before.tensor && copy.tensor != nullptr &&
           copy.offset - (before.offset + before.size) <= LEAST_COST && copy.offset + copy.size - offset <= PIECE &&
           way_of(buffer_of(copy.tensor)).pinned != nullptr;
}

int32_t lanes() {
    return std::clamp(static_cast<int32_t>(std::thread::hardware_concurrency()), 1, MOST_LANES);
}

}  // namespace

ggml_backend_buffer_t buffer_of(const ggml_tensor * tensor) {
    return tensor->view_src != nullptr ? tensor->view_src->buffer : tensor->buffer;
}

void copy_group(const CopyGroup & group, const TensorCopy * copies, StateBytes & state, uint8_t * through, bool to_tensor) {
    const TensorCopy * const first = copies + group.first;
    const TensorCopy * const end   = copies + group.end;
    if (through == nullptr) {
        std::for_each(first, end, [&](const TensorCopy & copy) { copy_one(copy, state, to_tensor); });
        return;
    }
    const bool has_gaps = end - first > 1;
    if (!to_tensor || has_gaps) {
        ggml_backend_tensor_get(first->tensor, through, group.offset, group.extent);
    }
    for (const TensorCopy * copy = first; copy != end; copy++) {
        uint8_t * const there = through + (copy->offset - group.offset);
        if (to_tensor) {
            state.read(copy->place, there, copy->size);
        } else {
            state.write(copy->place, there, copy->size);
        }
    }
    if (to_tensor) {
        ggml_backend_tensor_set(first->tensor, through, group.offset, group.extent);
    }
}

void TensorCopies::add(ggml_tensor * tensor, size_t offset, size_t place, size_t size) {
    for (size_t done = 0; done < size; done += PIECE) {
        copies.push_back({ tensor, offset + done, place + done, std::min(PIECE, size - done) });
    }
    n_left += size;
}

void TensorCopies::add(const void * described, size_t place, size_t size) {
    if (copies.empty() || copies.back().tensor != nullptr || copies.back().place + copies.back().size != place) {
        copies.push_back({ nullptr, description.size(), place, 0 });
    }
    copies.back().size += size;
    const auto * const bytes = static_cast<const uint8_t *>(described);
    description.insert(description.end(), bytes, bytes + size);
    n_left += size;
}

void TensorCopies::group() {
    // In the order of a tensor the bytes of no two groups overlap. Cells are found in that order, from some cell on and then from the first.
    for (auto first = copies.begin(); first != copies.end();) {
        const auto end = std::find_if(first, copies.end(), [&](const TensorCopy & copy) { return copy.tensor != first->tensor; });
        if (first->tensor != nullptr) {
            std::sort(first, end, [](const TensorCopy & a, const TensorCopy & b) { return a.offset < b.offset; });
        }
        first = end;
    }
    for (size_t i = 0; i < copies.size(); i++) {
        const TensorCopy & copy = copies[i];
        if (i == 0 || !joins(copies[i - 1], copy, groups.back().offset)) {
            groups.push_back({ i, i, copy.offset, 0 });
        }
        groups.back().end    = i + 1;
        groups.back().extent = copy.offset + copy.size - groups.back().offset;
    }
}

TensorCopies::Part TensorCopies::take(size_t bytes) {
    if (groups.empty()) {
        group();
    }
    const size_t first = next;
    for (size_t cost = 0; next < groups.size() && cost < bytes; next++) {
        const CopyGroup & group = groups[next];
        cost += copies[group.first].tensor == nullptr ? group.extent : std::max(group.extent, LEAST_COST);
        for (size_t i = group.first; i < group.end; i++) {
            n_left -= copies[i].size;
        }
    }
    return { groups.data() + first, groups.data() + next, copies.data(), description.data() };
}

TensorCopier::TensorCopier() : n_lanes(lanes()), pool(n_lanes - 1), buffers(static_cast<size_t>(n_lanes)) {}

TensorCopier::~TensorCopier() {
    swallowing("freeing pinned memory", [&] {
        for (const Pinned & of_lane : buffers) {
            for (const auto & [type, buffer] : of_lane) {
                ggml_backend_buffer_free(buffer);
            }
        }
    });
}

// NULL where there is no pinned memory: copies are slower then.
uint8_t * TensorCopier::pinned(int32_t lane, ggml_backend_buffer_type_t type) {
    if (type == nullptr) {
        return nullptr;
    }
    Pinned &   of_lane = buffers[static_cast<size_t>(lane)];
    const auto found   = of_lane.find(type);
    if (found != of_lane.end()) {
        return static_cast<uint8_t *>(ggml_backend_buffer_get_base(found->second));
    }
    ggml_backend_buffer_t const buffer = ggml_backend_buft_alloc_buffer(type, PIECE);
    if (buffer == nullptr) {
        return nullptr;
    }
    of_lane.emplace(type, buffer);
    return static_cast<uint8_t *>(ggml_backend_buffer_get_base(buffer));
}

void TensorCopier::run(TensorCopies::Part part, StateBytes & state, bool to_tensors) {
    const auto       count  = static_cast<size_t>(part.end - part.first);
    size_t           total  = 0;
    bool             shared = true;
    std::vector<Way> ways(count);
    for (size_t k = 0; k < count; k++) {
        ggml_tensor * const tensor = part.copies[part.first[k].first].tensor;
        ways[k] = tensor == nullptr ? Way{ true, nullptr } : way_of(buffer_of(tensor));
        shared  = shared && ways[k].shared;
        total += part.first[k].extent;
    }
    std::atomic<size_t>      next{ 0 };
    std::vector<int32_t>     statuses(static_cast<size_t>(n_lanes), TOKAPU_OK);
    std::vector<std::string> messages(static_cast<size_t>(n_lanes));
    const auto               copy_some = [&](int32_t lane) {
        const auto i = static_cast<size_t>(lane);
        statuses[i]  = guarded([&] {
            for (size_t k = next.fetch_add(1); k < count; k = next.fetch_add(1)) {
                const TensorCopy & first = part.copies[part.first[k].first];
                if (first.tensor == nullptr) {
                    state.write(first.place, part.description + first.offset, first.size);
                } else {
                    copy_group(part.first[k], part.copies, state, pinned(lane, ways[k].pinned), to_tensors);
                }
            }
            return TOKAPU_OK;
        });
        if (statuses[i] < 0) {
            swallowing("keeping an error", [&] { messages[i] = last_error(); });
        }
    };
    if (shared && total > ALONE) {
        pool.run(n_lanes, copy_some);
    } else {
        copy_some(0);
    }
    for (size_t i = 0; i < statuses.size(); i++) {
        if (statuses[i] == TOKAPU_ERROR_ABORT) {
            throw AbortException{ messages[i] };
        }
        if (statuses[i] < 0) {
            throw Failure{ statuses[i], messages[i] };
        }
    }
}

}  // namespace tokapu
