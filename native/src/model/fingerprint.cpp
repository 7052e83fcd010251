#include "model/fingerprint.h"

#include "platform/files.h"

#include <algorithm>
#include <array>
#include <cinttypes>

namespace tokapu {

namespace {

constexpr uint64_t FNV_PRIME = 0x100000001b3U;
constexpr int64_t  BLOCKS    = 64;
constexpr int64_t  BLOCK     = 4096;

}  // namespace

void Fingerprint::add(const void * data, size_t size) {
    const auto * bytes = static_cast<const unsigned char *>(data);
    for (size_t i = 0; i < size; i++) {
        first  = (first ^ bytes[i]) * FNV_PRIME;
        second = (second ^ (bytes[i] + 1U)) * FNV_PRIME;
    }
}

void Fingerprint::add_range(FILE * file, int64_t offset, int64_t size) {
    add(&size, sizeof(size));
    std::array<char, BLOCK> block;
    const int64_t           blocks = std::min(BLOCKS, (size + BLOCK - 1) / BLOCK);
    for (int64_t i = 0; i < blocks; i++) {
        const int64_t at    = blocks == 1 ? 0 : (size - std::min(size, BLOCK)) / (blocks - 1) * i;
        const size_t  count = read_at(file, offset + at, block.data(), static_cast<size_t>(std::min(BLOCK, size - at)));
        add(block.data(), count);
    }
}

void Fingerprint::add_file(const std::string & path) {
    const File file = open_file(path);
    if (file != nullptr) {
        add_range(file.get(), 0, file_status(file.get()).size);
    }
}

std::string Fingerprint::text() const {
    std::array<char, 33> text;
    std::snprintf(text.data(), text.size(), "%016" PRIx64 "%016" PRIx64, first, second);
    return text.data();
}

}  // namespace tokapu
