// Checks of arguments and the text protocol that all exported functions share.
#pragma once

#include "core/guard.h"
#include "platform/files.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tokapu {

// A pointer to an out-parameter or a required input.
void require(const void * pointer, const char * name);

// A buffer (buf, capacity): NULL only with capacity 0.
void require_buffer(const void * buf, int32_t capacity, const char * name);

void require_range(int64_t value, int64_t min, int64_t max, const char * name);
void require_flag(int64_t value, const char * name);
void require_finite(double value, const char * name);
void require_between(double value, double min, double max, const char * name);

// Text in: (data, length), NULL only with length 0.
std::string text_in(const char * data, int32_t length, const char * name);

// A path or a name: not empty, no NUL inside.
std::string name_in(const char * data, int32_t length, const char * name);

// A block of consecutive NUL-terminated strings.
std::vector<std::string> list_in(const char * block, int32_t count, const char * name);

// The file of a descriptor; null and errno when it cannot be read.
File file_of(int descriptor, const std::string & name);

// Text out: writes the text and its length, or answers TOKAPU_ERROR_BUFFER with the length alone.
int32_t text_out(const char * text, size_t size, char * buf, int32_t capacity, int32_t * length);

inline int32_t text_out(const std::string & text, char * buf, int32_t capacity, int32_t * length) {
    return text_out(text.data(), text.size(), buf, capacity, length);
}

}  // namespace tokapu
