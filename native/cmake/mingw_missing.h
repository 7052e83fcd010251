/* Force-included into llama.cpp's C files: what the headers of mingw-w64 before version 11 do not have. */
#include <_mingw.h>

#if __MINGW64_VERSION_MAJOR < 11
#    define THREAD_POWER_THROTTLING_CURRENT_VERSION 1
#    define THREAD_POWER_THROTTLING_EXECUTION_SPEED 1

typedef struct {
    unsigned long Version;
    unsigned long ControlMask;
    unsigned long StateMask;
} THREAD_POWER_THROTTLING_STATE;
#endif
