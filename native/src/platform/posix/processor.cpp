#include "platform/processor.h"

#ifdef __x86_64__

#include <sys/syscall.h>
#include <unistd.h>

namespace tokapu {

// Children and threads inherit the permission.
bool may_use_amx() {
    constexpr int ARCH_REQ_XCOMP_PERM = 0x1023;
    constexpr int XFEATURE_XTILEDATA  = 18;
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

}  // namespace tokapu

#endif
