#include "system.h"

#include "tokapu_probe.h"

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICK_MILLIS = 100 };

static uint64_t most_time; /* in units of 100 ns */

static void on_abort(int signal) {
    (void) signal;
    TerminateProcess(GetCurrentProcess(), PROBE_ABORTED);
}

/* Nothing is known of the model file. */
static void give_up(void) {
    TerminateProcess(GetCurrentProcess(), PROBE_ENDED);
}

/* The program and what is at stdin: PROBE_ARGUMENTS. */
static void read_arguments(int * argc, char *** argv) {
    const HANDLE  file = GetStdHandle(STD_INPUT_HANDLE);
    LARGE_INTEGER size = { .QuadPart = 0 };
    DWORD         n    = 0;
    char * const  text = GetFileSizeEx(file, &size) ? malloc((size_t) size.QuadPart + 1) : NULL;
    char ** const list = calloc((size_t) size.QuadPart + 2, sizeof(char *));
    if (text == NULL || list == NULL || !ReadFile(file, text, (DWORD) size.QuadPart, &n, NULL) || n != size.QuadPart) {
        give_up();
    }
    text[n] = '\0';
    list[0] = (*argv)[0];
    *argc   = 1;
    for (char * at = text; at < text + n; at += strlen(at) + 1) {
        list[(*argc)++] = at;
    }
    *argv = list;
}

/* Those that main() gets are in the code page of the system, which does not have all characters. */
static void utf8_arguments(int * argc, char *** argv) {
    wchar_t ** const wide = CommandLineToArgvW(GetCommandLineW(), argc);
    char ** const    list = calloc((size_t) *argc + 1, sizeof(char *));
    for (int i = 0; wide != NULL && list != NULL && i < *argc; i++) {
        const int size = WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, NULL, 0, NULL, NULL);
        list[i]        = malloc((size_t) size);
        if (list[i] == NULL) {
            give_up();
        }
        WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, list[i], size, NULL, NULL);
    }
    *argv = list;
}

void system_prepare(int * argc, char *** argv) {
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    signal(SIGABRT, on_abort);
    _setmode(_fileno(stderr), _O_BINARY);
    utf8_arguments(argc, argv);
    if (*argc == 2 && strcmp((*argv)[1], PROBE_ARGUMENTS) == 0) {
        read_arguments(argc, argv);
    }
}

/* The parent has put this process into a job that ends with it. */
void system_end_with_parent(void) {}

static DWORD WINAPI watch(void * unused) {
    (void) unused;
    for (;; Sleep(TICK_MILLIS)) {
        FILETIME began, ended, kernel, user;
        if (GetProcessTimes(GetCurrentProcess(), &began, &ended, &kernel, &user) &&
            ((uint64_t) kernel.dwHighDateTime << 32) + kernel.dwLowDateTime + ((uint64_t) user.dwHighDateTime << 32) +
                    user.dwLowDateTime >
                most_time) {
            TerminateProcess(GetCurrentProcess(), PROBE_ENDLESS);
        }
    }
    return 0;
}

void system_limit_time(uint64_t seconds) {
    most_time = seconds * 10000000;
    CreateThread(NULL, 0, watch, NULL, 0, NULL);
}

/* Memory that is committed, in place of addresses. */
void system_limit_memory(uint64_t bytes) {
    const HANDLE                         job    = CreateJobObjectW(NULL, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { 0 };
    limits.BasicLimitInformation.LimitFlags     = JOB_OBJECT_LIMIT_PROCESS_MEMORY;
    limits.ProcessMemoryLimit                   = (SIZE_T) bytes;
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
    AssignProcessToJobObject(job, GetCurrentProcess());
}

void system_exit(int status) {
    TerminateProcess(GetCurrentProcess(), (UINT) status);
    abort();
}
