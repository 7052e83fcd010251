// Text out that may be large and costs work: what does not fit is kept for tokapu_cached_text().
#pragma once

#include <cstdint>
#include <string>

namespace tokapu {

// As text_out(); when the buffer is too small the text is kept for this thread. Forgets what was kept before.
int32_t text_out_or_cache(std::string text, char * buf, int32_t capacity, int32_t * length);

}  // namespace tokapu
