/* libcuda.so.1 and libnvidia-ml.so.1 of a machine that has a driver: both names are built from this file. */
int cuDriverGetVersion(int * version);
int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlSystemGetDriverVersion(char * text, unsigned length);

int cuDriverGetVersion(int * version) {
    *version = 13020;
    return 0;
}

int nvmlInit_v2(void) {
    return 0;
}

int nvmlShutdown(void) {
    return 0;
}

int nvmlSystemGetDriverVersion(char * text, unsigned length) {
    static const char version[] = "999.88.07";
    for (unsigned i = 0; i < sizeof(version) && i < length; i++) {
        text[i] = version[i];
    }
    return 0;
}
