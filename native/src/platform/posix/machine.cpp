#include "platform/machine.h"

#include "platform/files.h"

#include <sched.h>
#include <unistd.h>

#ifdef __APPLE__
#    include <sys/sysctl.h>
#endif

#include <thread>

namespace tokapu {

int32_t usable_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(getpid(), sizeof(set), &set) == 0) {
        return CPU_COUNT(&set);
    }
    return static_cast<int32_t>(std::thread::hardware_concurrency());  // more than 1024 processors
}

int32_t performance_cores() {
#ifdef __APPLE__
    int32_t n    = 0;
    size_t  size = sizeof(n);
    return sysctlbyname("hw.perflevel0.physicalcpu", &n, &size, nullptr, 0) == 0 ||
                   sysctlbyname("hw.physicalcpu", &n, &size, nullptr, 0) == 0 ?
               n :
               0;
#else
    return 0;  // Linux: CpuCores in Java
#endif
}

double machine_memory() {
    const File file      = open_file("/proc/meminfo");
    double     sum       = 0;
    char       line[128] = {};
    while (file != nullptr && std::fgets(line, sizeof(line), file.get()) != nullptr) {
        double kilobytes = 0;
        if (std::sscanf(line, "MemTotal: %lf", &kilobytes) == 1 || std::sscanf(line, "SwapTotal: %lf", &kilobytes) == 1) {
            sum += kilobytes * 1024;
        }
    }
    return sum;
}

}  // namespace tokapu
