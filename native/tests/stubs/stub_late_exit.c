/* A library that holds the end of the process up for a second, when all static objects have been destroyed already: time for
 * threads that still run to meet one. */
#include <time.h>

__attribute__((destructor)) static void wait_a_second(void) {
    const struct timespec second = { 1, 0 };
    nanosleep(&second, 0);
}
