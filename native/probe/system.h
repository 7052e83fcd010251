/* What the process that tries a model file asks of its system. */
#pragma once

#include <stdint.h>

/* Arguments become UTF-8, and no end leaves a core file or shows a dialog. */
void system_prepare(int * argc, char *** argv);

/* The process ends with the one that has started it. */
void system_end_with_parent(void);

/* Ends the process when it has computed for so long, and refuses memory beyond so many bytes of addresses. What happened can be told
 * from the end of the process. */
void system_limit_time(uint64_t seconds);
void system_limit_memory(uint64_t bytes);

/* Ends the process without anything that is done at exit. */
_Noreturn void system_exit(int status);
