/* What the shim and the process in which it tries a model file agree on. */
#pragma once

/* The descriptor of a file without a path. Not on Windows. */
enum { PROBE_FD = 3 };

/* Windows: the only argument where the others are a file at stdin, in UTF-8, a zero behind each. A command line is too short for all. */
#define PROBE_ARGUMENTS "@"

/* Exit status. */
enum {
#ifndef _WIN32
    PROBE_SOUND    = 0,
    PROBE_REFUSED  = 1, /* with an error, which the caller will meet too */
#else
    PROBE_SOUND    = 5, /* 0 and 1 are what others end a process with; in Wine 0 is the status of a stack overflow, too */
    PROBE_REFUSED  = 4,
#endif
    PROBE_ASSERTED = 2, /* an assertion failed */
    PROBE_MEMORY   = 3  /* a small context took more memory than any model needs for it */
};

/* Exit status on Windows, which has no signals. */
#define PROBE_ABORTED 0x40000015u /* abort(); the system's STATUS_FATAL_APP_EXIT */
#define PROBE_ENDLESS 0xe0000001u /* the limit of time */
#define PROBE_ENDED   0xe0000002u /* ended by the process that started it */
