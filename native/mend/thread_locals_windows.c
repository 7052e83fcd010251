/*
 * Thread-local variables of libllama-common on Windows, in place of libgcc's __emutls_get_address(). That calls functions of which the
 * linker makes those of budget.cpp, and they look at a thread-local variable before anything else: they would call one another without
 * end. Here the system alone is called.
 */
#include <windows.h>

#include <stdint.h>

/* As GCC lays them out. */
struct variable {
    uintptr_t    size;
    uintptr_t    align;
    uintptr_t    number; /* 0 until it is used for the first time */
    const void * initial;
};

enum { MOST_VARIABLES = 256, HEAP_ALIGN = 16 };

struct values {
    void * of[MOST_VARIABLES];
};

static SRWLOCK lock = SRWLOCK_INIT;
static LONG    n_variables;
static DWORD   slot = TLS_OUT_OF_INDEXES;

void * __emutls_get_address(struct variable * variable);

static uintptr_t number_of(struct variable * variable) {
    uintptr_t number = __atomic_load_n(&variable->number, __ATOMIC_ACQUIRE);
    if (number == 0) {
        AcquireSRWLockExclusive(&lock);
        if (slot == TLS_OUT_OF_INDEXES) {
            slot = TlsAlloc();
        }
        if (variable->number == 0 && n_variables < MOST_VARIABLES && slot != TLS_OUT_OF_INDEXES) {
            __atomic_store_n(&variable->number, (uintptr_t) ++n_variables, __ATOMIC_RELEASE);
        }
        number = variable->number;
        ReleaseSRWLockExclusive(&lock);
    }
    return number;
}

static void * allocate(size_t size) {
    void * const memory = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
    if (memory == NULL) {
        TerminateProcess(GetCurrentProcess(), (UINT) STATUS_NO_MEMORY);
    }
    return memory;
}

static void * new_value(const struct variable * variable) {
    volatile char * to   = allocate(variable->size);
    const char *    from = variable->initial;
    for (uintptr_t i = 0; from != NULL && i < variable->size; i++) {
        to[i] = from[i];
    }
    return (void *) to;
}

void * __emutls_get_address(struct variable * variable) {
    const uintptr_t number = number_of(variable);
    if (number == 0 || variable->align > HEAP_ALIGN) {
        TerminateProcess(GetCurrentProcess(), (UINT) STATUS_NO_MEMORY);
    }
    const DWORD     error  = GetLastError(); /* TlsGetValue() resets it */
    struct values * values = TlsGetValue(slot);
    if (values == NULL) {
        values = allocate(sizeof(*values));
        TlsSetValue(slot, values);
    }
    void ** const value = &values->of[number - 1];
    if (*value == NULL) {
        *value = new_value(variable);
    }
    SetLastError(error);
    return *value;
}

/* After the destructors of C++ and of winpthreads, whose callbacks have names that come before. */
static void NTAPI on_end(PVOID library, DWORD reason, PVOID unused) {
    (void) library;
    (void) unused;
    struct values * const values = reason == DLL_THREAD_DETACH && slot != TLS_OUT_OF_INDEXES ? TlsGetValue(slot) : NULL;
    for (int i = 0; values != NULL && i < MOST_VARIABLES; i++) {
        if (values->of[i] != NULL) {
            HeapFree(GetProcessHeap(), 0, values->of[i]);
        }
    }
    if (values != NULL) {
        TlsSetValue(slot, NULL);
        HeapFree(GetProcessHeap(), 0, values);
    }
}

__attribute__((section(".CRT$XLY"), used)) static const PIMAGE_TLS_CALLBACK callback = on_end;
