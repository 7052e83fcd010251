#pragma once

namespace tokapu {

// Fails with TOKAPU_ERROR_BACKEND unless tokapu_backend_init() has succeeded.
void require_backend();

}  // namespace tokapu
