/* As keep_statics.c: on Windows compilers register the destructors of static objects with atexit(), which each DLL has of its own
 * (linked with --wrap=atexit). */
int __wrap_atexit(void (*destructor)(void));

int __wrap_atexit(void (*destructor)(void)) {
    (void) destructor;
    return 0;
}
