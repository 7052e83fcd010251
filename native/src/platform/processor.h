#pragma once

namespace tokapu {

// Whether the system lets this process use AMX, which it gives on request.
bool may_use_amx();

}  // namespace tokapu
