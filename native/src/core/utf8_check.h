#pragma once

#include <string>

namespace tokapu {

// Where the first byte is that does not belong to well-formed UTF-8 (no overlong forms, no surrogates); the size if none is.
size_t find_invalid_utf8(const std::string & text);

}  // namespace tokapu
