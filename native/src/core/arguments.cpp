#include "core/arguments.h"

#include <cerrno>
#include <climits>
#include <cmath>
#include <cstring>

namespace tokapu {

void require(const void * pointer, const char * name) {
    if (pointer == nullptr) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s is NULL", name);
    }
}

void require_buffer(const void * buf, int32_t capacity, const char * name) {
    if (capacity < 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "the capacity of %s is %d; it must not be negative", name, capacity);
    }
    if (buf == nullptr && capacity > 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s is NULL but its capacity is %d", name, capacity);
    }
}

void require_range(int64_t value, int64_t min, int64_t max, const char * name) {
    if (value < min || value > max) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s is %lld; it must be %lld to %lld", name, static_cast<long long>(value),
             static_cast<long long>(min), static_cast<long long>(max));
    }
}

void require_flag(int64_t value, const char * name) {
    require_range(value, 0, 1, name);
}

void require_finite(double value, const char * name) {
    if (!std::isfinite(value)) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s is %g; it must be a finite number", name, value);
    }
}

void require_between(double value, double min, double max, const char * name) {
    if (!(value >= min && value <= max)) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s is %g; it must be %g to %g", name, value, min, max);
    }
}

std::string text_in(const char * data, int32_t length, const char * name) {
    if (length < 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "the length of %s is %d; it must not be negative", name, length);
    }
    if (length == 0) {
        return {};
    }
    require(data, name);
    return { data, static_cast<size_t>(length) };
}

std::string name_in(const char * data, int32_t length, const char * name) {
    std::string text = text_in(data, length, name);
    if (text.empty()) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s is empty", name);
    }
    if (text.find('\0') != std::string::npos) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s holds a NUL byte", name);
    }
    return text;
}

std::vector<std::string> list_in(const char * block, int32_t count, const char * name) {
    if (count < 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "the number of %s is %d; it must not be negative", name, count);
    }
    std::vector<std::string> list;
    if (count > 0) {
        require(block, name);
        list.reserve(static_cast<size_t>(count));
        for (int32_t i = 0; i < count; i++) {
            list.emplace_back(block);
            block += list.back().size() + 1;
        }
    }
    return list;
}

File file_of(int descriptor, const std::string & name) {
    File file = open_file_of(descriptor);
    if (file == nullptr && errno == ENOSYS) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "%s cannot be read: descriptors are not shared between libraries on Windows; load the file by its path",
             name.c_str());
    }
    return file;
}

int32_t text_out(const char * text, size_t size, char * buf, int32_t capacity, int32_t * length) {
    require(length, "length");
    require_buffer(buf, capacity, "buf");
    if (size > INT32_MAX) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the text has %zu bytes; at most %d can be passed", size, INT32_MAX);
    }
    *length = static_cast<int32_t>(size);
    if (*length > capacity) {
        fail(TOKAPU_ERROR_BUFFER, "the buffer holds %d bytes; %d are needed", capacity, *length);
    }
    if (size > 0) {
        std::memcpy(buf, text, size);
    }
    return TOKAPU_OK;
}

}  // namespace tokapu
