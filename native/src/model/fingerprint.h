#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace tokapu {

// Tells model files apart: a hash of their sizes and of 64 blocks spread evenly over each, so that it costs no time on a large
// file. The same weights give the same one wherever the file lies. Not a cryptographic hash: it detects mistakes, not forgery.
class Fingerprint {
  public:
    void add(const void * data, size_t size);

    // Bytes offset to offset + size of an open file; what cannot be read is left out.
    void add_range(FILE * file, int64_t offset, int64_t size);

    void add_file(const std::string & path);

    // 32 hexadecimal digits.
    std::string text() const;

  private:
    // FNV-1a twice, from two beginnings.
    uint64_t first  = 0xcbf29ce484222325U;
    uint64_t second = 0x84222325cbf29ce4U;
};

}  // namespace tokapu
