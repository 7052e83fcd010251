#include "chat/text_cache.h"

#include "core/arguments.h"

#include <climits>

namespace tokapu {

namespace {

thread_local std::string t_cached_text;

}  // namespace

int32_t text_out_or_cache(std::string text, char * buf, int32_t capacity, int32_t * length) {
    t_cached_text = {};
    if (text.size() > static_cast<size_t>(capacity) && text.size() <= INT32_MAX) {
        t_cached_text = std::move(text);
        return text_out(t_cached_text, buf, capacity, length);
    }
    return text_out(text, buf, capacity, length);
}

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_cached_text(char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const int32_t status = text_out(t_cached_text, buf, capacity, length);
        t_cached_text          = {};
        return status;
    });
}
