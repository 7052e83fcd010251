/* Force-included into budget.cpp on Windows: the C library's name for the size of a block, and the names of operators whose size_t
 * is unsigned long long. */
#pragma once

#include <malloc.h>

#define malloc_usable_size _msize
#define __real__Znwm       __real__Znwy
#define __wrap__Znwm       __wrap__Znwy
#define __real__Znam       __real__Znay
#define __wrap__Znam       __wrap__Znay
#define __wrap__ZdlPvm     __wrap__ZdlPvy
#define __wrap__ZdaPvm     __wrap__ZdaPvy
