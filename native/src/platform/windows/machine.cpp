#include "platform/machine.h"

#include <windows.h>

#include <bitset>

namespace tokapu {

// A mask has the processors of one group of up to 64; a process without a mask of its own may use those of all groups.
int32_t usable_processors() {
    DWORD_PTR own    = 0;
    DWORD_PTR system = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &own, &system) != 0 && own != system) {
        return static_cast<int32_t>(std::bitset<64>(own).count());
    }
    return static_cast<int32_t>(GetActiveProcessorCount(ALL_PROCESSOR_GROUPS));
}

double machine_memory() {
    MEMORYSTATUSEX status = {};
    status.dwLength       = sizeof(status);
    return GlobalMemoryStatusEx(&status) == 0 ? 0 : static_cast<double>(status.ullTotalPageFile);
}

}  // namespace tokapu
