#include "platform/machine.h"

#include <windows.h>

#include <bitset>
#include <cstddef>
#include <vector>

namespace tokapu {

namespace {

// The processors, of one group of up to 64, that this process is bound to; 0 when it may use those of all groups.
DWORD_PTR own_mask() {
    DWORD_PTR own    = 0;
    DWORD_PTR system = 0;
    return GetProcessAffinityMask(GetCurrentProcess(), &own, &system) != 0 && own != system ? own : 0;
}

// The group of that mask.
WORD own_group() {
    USHORT count     = 1;
    USHORT groups[1] = {};
    return GetProcessGroupAffinity(GetCurrentProcess(), &count, groups) != 0 ? groups[0] : 0;
}

SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX * entry_at(std::vector<std::byte> & list, size_t offset) {
    return reinterpret_cast<SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *>(list.data() + offset);
}

// The second byte: EfficiencyClass, which mingw-w64 10 has no name for.
int efficiency_class(const PROCESSOR_RELATIONSHIP & core) {
    return reinterpret_cast<const BYTE *>(&core)[1];
}

}  // namespace

int32_t usable_processors() {
    const DWORD_PTR own = own_mask();
    return static_cast<int32_t>(own != 0 ? std::bitset<64>(own).count() : GetActiveProcessorCount(ALL_PROCESSOR_GROUPS));
}

// A core belongs to one group. The mask of a process is that of its own group.
int32_t performance_cores() {
    DWORD size = 0;
    GetLogicalProcessorInformationEx(RelationProcessorCore, nullptr, &size);
    std::vector<std::byte> cores(size);
    if (size == 0 || GetLogicalProcessorInformationEx(RelationProcessorCore, entry_at(cores, 0), &size) == 0) {
        return 0;
    }
    const DWORD_PTR usable  = own_mask();
    const WORD      group   = own_group();
    int             fastest = -1;
    int32_t         n       = 0;
    for (size_t at = 0; at < size; at += entry_at(cores, at)->Size) {
        const PROCESSOR_RELATIONSHIP & core = entry_at(cores, at)->Processor;
        if (usable != 0 && (core.GroupMask[0].Group != group || (core.GroupMask[0].Mask & usable) == 0)) {
            continue;
        }
        if (efficiency_class(core) > fastest) {
            fastest = efficiency_class(core);
            n       = 0;
        }
        n += efficiency_class(core) == fastest ? 1 : 0;
    }
    return n;
}

double machine_memory() {
    MEMORYSTATUSEX status = {};
    status.dwLength       = sizeof(status);
    return GlobalMemoryStatusEx(&status) == 0 ? 0 : static_cast<double>(status.ullTotalPageFile);
}

}  // namespace tokapu
