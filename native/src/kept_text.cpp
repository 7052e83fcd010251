#include "kept_text.h"

#include "arguments.h"

#include <climits>

namespace tokapu {

namespace {

thread_local std::string t_kept_text;

}  // namespace

int32_t text_out_or_keep(std::string text, char * buf, int32_t capacity, int32_t * length) {
    t_kept_text = {};
    if (text.size() > static_cast<size_t>(capacity) && text.size() <= INT32_MAX) {
        t_kept_text = std::move(text);
        return text_out(t_kept_text, buf, capacity, length);
    }
    return text_out(text, buf, capacity, length);
}

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_kept_text(char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const int32_t status = text_out(t_kept_text, buf, capacity, length);
        t_kept_text          = {};
        return status;
    });
}
