#include "model/fingerprint.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>

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

void Fingerprint::add_range(int fd, int64_t offset, int64_t size) {
    add(&size, sizeof(size));
    std::array<char, BLOCK> block;
    const int64_t           blocks = std::min(BLOCKS, (size + BLOCK - 1) / BLOCK);
    for (int64_t i = 0; i < blocks; i++) {
        const int64_t at    = blocks == 1 ? 0 : (size - std::min(size, BLOCK)) / (blocks - 1) * i;
        const ssize_t count = pread(fd, block.data(), static_cast<size_t>(std::min(BLOCK, size - at)), offset + at);
        add(block.data(), count < 0 ? 0 : static_cast<size_t>(count));
    }
}

void Fingerprint::add_file(const std::string & path) {
    const int   fd     = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status = {};
    if (fd >= 0 && fstat(fd, &status) == 0) {
        add_range(fd, 0, status.st_size);
    }
    if (fd >= 0) {
        close(fd);
    }
}

std::string Fingerprint::text() const {
    std::array<char, 33> text;
    std::snprintf(text.data(), text.size(), "%016" PRIx64 "%016" PRIx64, first, second);
    return text.data();
}

}  // namespace tokapu
