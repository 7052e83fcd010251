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

ggml_backend_buffer_t buffer_of(const ggml_tensor * tensor) {
    return tensor->view_src != nullptr ? tensor->view_src->buffer : tensor->buffer;
}

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

void copy_piece(const TensorCopy & piece, uint8_t * host, uint8_t * through, bool to_tensor) {
    uint8_t * const end = through != nullptr ? through : host;
    if (to_tensor) {
        if (through != nullptr) {
            std::memcpy(through, host, piece.size);
        }
        ggml_backend_tensor_set(piece.tensor, end, piece.offset, piece.size);
        return;
    }
    ggml_backend_tensor_get(piece.tensor, end, piece.offset, piece.size);
    if (through != nullptr) {
        std::memcpy(host, through, piece.size);
    }
}

int32_t lanes() {
    return std::clamp(static_cast<int32_t>(std::thread::hardware_concurrency()), 1, MOST_LANES);
}

}  // namespace

void TensorCopies::add(ggml_tensor * tensor, size_t offset, size_t place, size_t size) {
    for (size_t done = 0; done < size; done += PIECE) {
        pieces.push_back({ tensor, offset + done, place + done, std::min(PIECE, size - done) });
    }
    n_left += size;
}

void TensorCopies::add(const void * described, size_t place, size_t size) {
    if (pieces.empty() || pieces.back().tensor != nullptr || pieces.back().place + pieces.back().size != place) {
        pieces.push_back({ nullptr, description.size(), place, 0 });
    }
    pieces.back().size += size;
    const auto * const bytes = static_cast<const uint8_t *>(described);
    description.insert(description.end(), bytes, bytes + size);
    n_left += size;
}

TensorCopies::Part TensorCopies::take(size_t bytes) {
    const size_t first = next;
    for (size_t cost = 0; next < pieces.size() && cost < bytes; next++) {
        cost += pieces[next].tensor == nullptr ? pieces[next].size : std::max(pieces[next].size, LEAST_COST);
        n_left -= pieces[next].size;
    }
    return { pieces.data() + first, pieces.data() + next, description.data() };
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

void TensorCopier::run(TensorCopies::Part part, uint8_t * state, bool to_tensors) {
    const auto       count  = static_cast<size_t>(part.end - part.first);
    size_t           total  = 0;
    bool             shared = true;
    std::vector<Way> ways(count);
    for (size_t k = 0; k < count; k++) {
        ggml_tensor * const tensor = part.first[k].tensor;
        ways[k] = tensor == nullptr ? Way{ true, nullptr } : way_of(buffer_of(tensor));
        shared  = shared && ways[k].shared;
        total += part.first[k].size;
    }
    std::atomic<size_t>      next{ 0 };
    std::vector<int32_t>     statuses(static_cast<size_t>(n_lanes), TOKAPU_OK);
    std::vector<std::string> messages(static_cast<size_t>(n_lanes));
    const auto               copy_some = [&](int32_t lane) {
        const auto i = static_cast<size_t>(lane);
        statuses[i]  = guarded([&] {
            for (size_t k = next.fetch_add(1); k < count; k = next.fetch_add(1)) {
                const TensorCopy & piece = part.first[k];
                if (piece.tensor == nullptr) {
                    std::memcpy(state + piece.place, part.description + piece.offset, piece.size);
                } else {
                    copy_piece(piece, state + piece.place, pinned(lane, ways[k].pinned), to_tensors);
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
