package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for compute backends: the CPU variant, its threads and nodes, further backends, the libraries that they need. */
public interface BackendApi {

    int init(byte[] directory, byte[] cpuVariant, int numa);

    int numa(int[] strategy, int[] nNodes);

    int performanceCores(int[] nCores);

    int cpuVariants(byte[] directory, byte[] buf, int[] length);

    int cpuVariant(byte[] buf, int[] length);

    int systemInfo(byte[] buf, int[] length);

    int load(byte[] path, int[] nDevices);

    int libraryOpen(byte[] path);

    int cudaDriver(byte[] buf, int[] length);
}
