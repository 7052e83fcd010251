/*
 * Linked into each library of llama.cpp and into the shim: destructors of static objects are never run.
 *
 * Compilers register them with this function of the C library; a library that has one of its own uses that. When a process
 * ends while threads compute, exit() would destroy what they read (the CPU backend's list of buffer types, for one), and the
 * process would end with SIGSEGV in place of its status. Memory goes back to the system anyway, and no library is unloaded.
 */
int __cxa_atexit(void (*destructor)(void *), void * object, void * library);

__attribute__((visibility("hidden"))) int __cxa_atexit(void (*destructor)(void *), void * object, void * library) {
    (void) destructor;
    (void) object;
    (void) library;
    return 0;
}
