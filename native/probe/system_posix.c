#define _GNU_SOURCE
#include "system.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* The signal of the first limit tells what happened, that of the second (SIGKILL for computing) would not. */
static void limit(int resource, rlim_t value) {
    struct rlimit old;
    if (getrlimit(resource, &old) == 0 && (old.rlim_max == RLIM_INFINITY || old.rlim_max > value)) {
        const struct rlimit limits = { value, old.rlim_max };
        setrlimit(resource, &limits);
    }
}

void system_prepare(int * argc, char *** argv) {
    (void) argc;
    (void) argv;
    prctl(PR_SET_DUMPABLE, 0); /* whatever is set up for core files of the application */
    limit(RLIMIT_CORE, 0);
}

void system_end_with_parent(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void system_limit_time(uint64_t seconds) {
    limit(RLIMIT_CPU, seconds);
}

void system_limit_memory(uint64_t bytes) {
#ifndef __SANITIZE_ADDRESS__ /* whose shadow takes terabytes of addresses */
    limit(RLIMIT_AS, bytes);
#else
    (void) bytes;
#endif
}

void system_exit(int status) {
    _exit(status);
}
