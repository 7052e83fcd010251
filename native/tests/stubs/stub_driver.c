/* libcuda.so.1 and libnvidia-ml.so.1 of a machine that has a driver: both names are built from this file. */
#ifndef STUB_DRIVER
#    define STUB_DRIVER "999.88.07"
#endif
#ifndef STUB_DRIVER_CUDA /* the newest CUDA that it can run: 1000 * major + 10 * minor */
#    define STUB_DRIVER_CUDA 13020
#endif

int cuDriverGetVersion(int * version);
int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlSystemGetDriverVersion(char * text, unsigned length);

int cuDriverGetVersion(int * version) {
    *version = STUB_DRIVER_CUDA;
    return 0;
}

int nvmlInit_v2(void) {
    return 0;
}

int nvmlShutdown(void) {
    return 0;
}

int nvmlSystemGetDriverVersion(char * text, unsigned length) {
    static const char version[] = STUB_DRIVER;
    for (unsigned i = 0; i < sizeof(version) && i < length; i++) {
        text[i] = version[i];
    }
    return 0;
}
