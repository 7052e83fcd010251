#include "platform/numa.h"

#include <windows.h>

namespace tokapu {

bool thread_processors(ProcessorSet & /*set*/) {
    return false;
}

bool bind_thread(const ProcessorSet & /*set*/) {
    return false;
}

std::vector<ProcessorSet> node_processors() {
    return {};
}

int current_processor() {
    return -1;
}

// A process may be bound to some processors of one group; its nodes are counted all the same.
int32_t usable_nodes() {
    ULONG   highest = 0;
    int32_t n       = 0;
    if (GetNumaHighestNodeNumber(&highest) == 0) {
        return 1;
    }
    for (ULONG node = 0; node <= highest; node++) {
        GROUP_AFFINITY processors = {};
        n += GetNumaNodeProcessorMaskEx(static_cast<USHORT>(node), &processors) != 0 && processors.Mask != 0 ? 1 : 0;
    }
    return n < 1 ? 1 : n;
}

}  // namespace tokapu
