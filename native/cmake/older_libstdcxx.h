/* Force-included into C++ files: std::condition_variable::wait as the libstdc++ of GCC 4.4 has it. The one of GCC 12 differs only
 * where a thread is cancelled, and it would be the only symbol that needs more than GCC 11, which RHEL 9 and Amazon Linux 2023
 * have. */
#ifdef __cplusplus
__asm__(".symver _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE, "
        "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@GLIBCXX_3.4.11");
#endif
