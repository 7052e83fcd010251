package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.BackendApi;

/** {@link BackendApi} over the native methods that JavaCPP generates. */
final class JniBackendApi implements BackendApi {

    @Override
    public int init(byte[] directory, byte[] cpuVariant, int numa) {
        return TokapuLibrary.tokapu_backend_init(directory, directory.length, cpuVariant, cpuVariant.length, numa);
    }

    @Override
    public int numa(int[] strategy, int[] nNodes) {
        return TokapuLibrary.tokapu_backend_numa(out(strategy), out(nNodes));
    }

    @Override
    public int performanceCores(int[] nCores) {
        return TokapuLibrary.tokapu_backend_performance_cores(out(nCores));
    }

    @Override
    public int cpuVariants(byte[] directory, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_backend_cpu_variants(directory, directory.length, buf, buf.length, out(length));
    }

    @Override
    public int cpuVariant(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_backend_cpu_variant(buf, buf.length, out(length));
    }

    @Override
    public int systemInfo(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_backend_system_info(buf, buf.length, out(length));
    }

    @Override
    public int load(byte[] path, int[] nDevices) {
        return TokapuLibrary.tokapu_backend_load(path, path.length, out(nDevices));
    }

    @Override
    public int libraryOpen(byte[] path) {
        return TokapuLibrary.tokapu_library_open(path, path.length);
    }

    @Override
    public int cudaDriver(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_cuda_driver(buf, buf.length, out(length));
    }
}
