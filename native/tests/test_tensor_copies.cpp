// Copies of scattered bytes of a tensor in the memory of a device: what comes, what stays, and how few calls it takes.
#include "ggml-backend-impl.h"  // internal: to make a device
#include "memory/tensor_copies.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace {

using tokapu::StateBytes;
using tokapu::StateMemory;
using tokapu::TensorCopier;
using tokapu::TensorCopies;
using Bytes = std::vector<uint8_t>;

constexpr size_t ROW  = 2048;
constexpr size_t ROWS = 4096;

std::atomic<int> n_calls{ 0 };

void check(bool holds, const char * what) {
    if (!holds) {
        std::fprintf(stderr, "failed: %s\n", what);
        std::exit(1);
    }
}

// Bytes in a memory of their own.
StateBytes uninitialized(size_t size) {
    StateBytes bytes;
    bytes.share(std::make_shared<StateMemory>(size), 0, size);
    return bytes;
}

uint8_t * memory_of(ggml_backend_buffer_t buffer) {
    return static_cast<uint8_t *>(buffer->context);
}

// A device whose memory is host memory that its buffers' calls alone reach, and pinned memory that is the CPU's.
struct Device {
    Device() {
        device.iface.get_type             = [](ggml_backend_dev_t) { return GGML_BACKEND_DEVICE_TYPE_GPU; };
        device.iface.get_host_buffer_type = [](ggml_backend_dev_t) { return ggml_backend_cpu_buffer_type(); };
        type.device                       = &device;
        buffer.buft                       = &type;
        buffer.size                       = ROWS * ROW;
        buffer.iface.get_base             = [](ggml_backend_buffer_t of) -> void *             { return memory_of(of); };
        buffer.iface.set_tensor = [](ggml_backend_buffer_t of, ggml_tensor *, const void * data, size_t offset, size_t size) {
            n_calls++;
            std::memcpy(memory_of(of) + offset, data, size);
        };
        buffer.iface.get_tensor = [](ggml_backend_buffer_t of, const ggml_tensor *, void * data, size_t offset, size_t size) {
            n_calls++;
            std::memcpy(data, memory_of(of) + offset, size);
        };
    }

    ggml_backend_device      device{};
    ggml_backend_buffer_type type{};
    ggml_backend_buffer      buffer{};
};

Bytes random_bytes(size_t size, std::mt19937 & random) {
    Bytes bytes(size);
    for (uint8_t & byte : bytes) {
        byte = static_cast<uint8_t>(random());
    }
    return bytes;
}

// Rows in the order in which the cells of a sequence are found: from some row on, then from the first.
std::vector<size_t> some_rows(double share, std::mt19937 & random) {
    std::vector<size_t> rows;
    const size_t        begin = random() % ROWS;
    for (size_t i = 0; i < ROWS; i++) {
        if (std::generate_canonical<double, 32>(random) < share) {
            rows.push_back((begin + i) % ROWS);
        }
    }
    return rows;
}

int copy(const std::vector<size_t> & rows, ggml_tensor & tensor, StateBytes & state, bool to_tensor, std::mt19937 & random) {
    TensorCopies copies;
    for (size_t i = 0; i < rows.size(); i++) {
        copies.add(&tensor, rows[i] * ROW, i * ROW, ROW);
    }
    check(copies.left() == state.size(), "all is left at first");
    TensorCopier copier;
    n_calls = 0;
    while (copies.left() > 0) {
        const TensorCopies::Part part = copies.take(1 + random() % (4U << 20U));
        if (to_tensor) {
            copier.write(part, state);
        } else {
            copier.read(part, state);
        }
    }
    return n_calls;
}

void scattered_rows_arrive_and_their_neighbours_stay(double share, unsigned seed) {
    std::mt19937 random(seed);
    Device       device;
    Bytes        memory   = random_bytes(ROWS * ROW, random);
    device.buffer.context = memory.data();
    ggml_tensor tensor{};
    tensor.type   = GGML_TYPE_I8;
    tensor.ne[0]  = ROW;
    tensor.ne[1]  = ROWS;
    tensor.ne[2]  = 1;
    tensor.ne[3]  = 1;
    tensor.nb[0]  = 1;
    tensor.nb[1]  = ROW;
    tensor.nb[2]  = ROW * ROWS;
    tensor.nb[3]  = ROW * ROWS;
    tensor.buffer = &device.buffer;
    tensor.data   = memory.data();
    const std::vector<size_t> rows = some_rows(share, random);

    StateBytes state = uninitialized(rows.size() * ROW);
    const int  reads = copy(rows, tensor, state, false, random);
    Bytes      row(ROW);
    for (size_t i = 0; i < rows.size(); i++) {
        state.read(i * ROW, row.data(), ROW);
        check(std::memcmp(row.data(), memory.data() + rows[i] * ROW, ROW) == 0, "a row is read");
    }

    const Bytes wanted = random_bytes(state.size(), random);
    Bytes       after  = memory;
    for (size_t i = 0; i < rows.size(); i++) {
        std::memcpy(after.data() + rows[i] * ROW, wanted.data() + i * ROW, ROW);
    }
    state.write(0, wanted.data(), wanted.size());
    const int writes = copy(rows, tensor, state, true, random);
    check(memory == after, "rows are written, and no others are changed");

    const auto groups = static_cast<int>(ROWS * ROW >> 20U);
    check(share < 0.1 || reads <= 2 * groups + 4, "neighbouring rows are read by one call");
    check(share < 0.1 || writes <= 4 * groups + 8, "neighbouring rows are written by two calls");
}

// Bytes that come in parts of any size are those of one part.
void appended_bytes_are_as_written(size_t size, unsigned seed) {
    std::mt19937 random(seed);
    const Bytes  wanted = random_bytes(size, random);
    StateBytes   state;
    for (size_t done = 0; done < size;) {
        const size_t count = std::min(size - done, size_t{ 1 } << (random() % 24));
        state.append(wanted.data() + done, count);
        done += count;
    }
    check(state.size() == size, "all bytes are there");
    Bytes bytes(size);
    state.read(0, bytes.data(), size);
    check(bytes == wanted, "bytes are as they were appended");
    StateBytes other = uninitialized(size);
    other.write(0, wanted.data(), size);
    state = std::move(other);
    const size_t place = size / 3;
    bytes.assign(size - place, 0);
    state.read(place, bytes.data(), bytes.size());
    check(std::equal(bytes.begin(), bytes.end(), wanted.begin() + static_cast<std::ptrdiff_t>(place)), "bytes of any place are read");
}

// Bytes put together from those of others are theirs, also when the others are gone.
void shared_bytes_are_those_of_others(unsigned seed) {
    std::mt19937 random(seed);
    Bytes        wanted;
    StateBytes   state;
    for (int i = 0; i < 40; i++) {
        const Bytes own = random_bytes(1 + random() % 3000, random);
        StateBytes  other = uninitialized(own.size());
        other.write(0, own.data(), own.size());
        const size_t place = random() % own.size();
        const size_t size  = random() % (own.size() - place + 1);
        StateBytes   next;
        next.share(state, 0, state.size());
        next.share(other, place, size);
        wanted.insert(wanted.end(), own.begin() + static_cast<std::ptrdiff_t>(place),
                      own.begin() + static_cast<std::ptrdiff_t>(place + size));
        check(next.held() == state.held() + (size > 0 ? own.size() : 0), "the memory of both is held");
        state = std::move(next);
    }
    check(state.size() == wanted.size(), "all bytes are there");
    for (int i = 0; i < 200; i++) {
        const size_t place = random() % wanted.size();
        Bytes        bytes(random() % (wanted.size() - place + 1));
        state.read(place, bytes.data(), bytes.size());
        check(std::equal(bytes.begin(), bytes.end(), wanted.begin() + static_cast<std::ptrdiff_t>(place)), "bytes are those of the others");
    }
    check(!state.append(wanted.data(), 1), "nothing is appended to what is shared");
}

}  // namespace

int main() {
    unsigned seed = 1;
    for (const size_t size : { size_t{ 0 }, size_t{ 1 }, size_t{ 5000 }, StateMemory::BLOCK - 1, StateMemory::BLOCK,
                               StateMemory::BLOCK + 1, 3 * StateMemory::BLOCK + 77 }) {
        appended_bytes_are_as_written(size, seed++);
    }
    for (int i = 0; i < 5; i++) {
        shared_bytes_are_those_of_others(seed++);
    }
    for (const double share : { 1.0, 0.5, 0.2, 0.1, 0.01, 0.001 }) {
        for (int i = 0; i < 3; i++) {
            scattered_rows_arrive_and_their_neighbours_stay(share, seed++);
        }
    }
    return 0;
}
