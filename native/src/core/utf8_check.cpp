#include "core/utf8_check.h"

namespace tokapu {

namespace {

// Bytes of the character that starts with this byte, 0 for none.
size_t sequence_length(unsigned char first) {
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xC2 || first > 0xF4) {
        return 0;
    }
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

// The second byte has a smaller range where the whole would be overlong, a surrogate or beyond U+10FFFF.
bool second_fits(unsigned char first, unsigned char second) {
    switch (first) {
        case 0xE0:
            return second >= 0xA0;
        case 0xED:
            return second < 0xA0;
        case 0xF0:
            return second >= 0x90;
        case 0xF4:
            return second < 0x90;
        default:
            return true;
    }
}

}  // namespace

size_t find_invalid_utf8(const std::string & text) {
    for (size_t i = 0; i < text.size();) {
        const auto   first  = static_cast<unsigned char>(text[i]);
        const size_t length = sequence_length(first);
        if (length == 0 || length > text.size() - i) {
            return i;
        }
        for (size_t k = 1; k < length; k++) {
            const auto byte = static_cast<unsigned char>(text[i + k]);
            if ((byte & 0xC0U) != 0x80 || (k == 1 && !second_fits(first, byte))) {
                return i;
            }
        }
        i += length;
    }
    return text.size();
}

}  // namespace tokapu
