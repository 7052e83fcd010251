#include "platform/processor.h"

#include <windows.h>

#include <cstdint>

namespace tokapu {

// Windows 11 and Server 2022 have the function.
bool may_use_amx() {
    constexpr uint64_t AMX_TILE_DATA = uint64_t{ 1 } << 18U;
    using Enable                     = BOOL(WINAPI *)(uint64_t);
    const auto enable                = reinterpret_cast<Enable>(
        reinterpret_cast<void *>(GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "EnableProcessOptionalXStateFeatures")));
    return enable != nullptr && enable(AMX_TILE_DATA) != 0;
}

}  // namespace tokapu
