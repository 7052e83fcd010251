package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.out;
import static dev.tokapu.spi.ArrayChecks.texts;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.LogSink;
import dev.tokapu.spi.NativeApi;
import org.jspecify.annotations.Nullable;

/** The first part of {@link NativeApi} over the native methods that JavaCPP generates: log, backends, devices. */
abstract class JniSystemApi implements NativeApi {

    @Override
    public int lastError(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_last_error(buf, buf.length, out(length));
    }

    // --- version and log

    @Override
    public int abiVersion() {
        return TokapuLibrary.tokapu_abi_version();
    }

    @Override
    public int llamaVersion(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_llama_version(buf, buf.length, out(length));
    }

    @Override
    public int logSet(@Nullable LogSink sink, int minLevel) {
        return LogCallback.install(sink, minLevel);
    }

    // --- backend

    @Override
    public int backendInit(byte[] directory, byte[] cpuVariant) {
        return TokapuLibrary.tokapu_backend_init(directory, directory.length, cpuVariant, cpuVariant.length);
    }

    @Override
    public int backendCpuVariants(byte[] directory, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_backend_cpu_variants(directory, directory.length, buf, buf.length, out(length));
    }

    @Override
    public int backendCpuVariant(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_backend_cpu_variant(buf, buf.length, out(length));
    }

    @Override
    public int backendSystemInfo(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_backend_system_info(buf, buf.length, out(length));
    }

    @Override
    public int backendLoad(byte[] path, int[] nDevices) {
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

    // --- devices

    @Override
    public int deviceCount(int[] n) {
        return TokapuLibrary.tokapu_device_count(out(n));
    }

    @Override
    public int deviceInfo(int device, long[] info) {
        return TokapuLibrary.tokapu_device_info(device, info, info.length);
    }

    @Override
    public int deviceText(int device, int key, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_device_text(device, key, buf, buf.length, out(length));
    }

    @Override
    public int deviceCheck(int device) {
        return TokapuLibrary.tokapu_device_check(device);
    }

    @Override
    public int placementNew(
            int[] devices,
            int nDevices,
            float[] tensorSplit,
            int nSplit,
            byte[] patterns,
            int[] patternDevices,
            int nPatterns,
            long[] placement) {
        atLeast(devices.length, nDevices, "devices");
        atLeast(tensorSplit.length, nSplit, "tensorSplit");
        texts(patterns, nPatterns, "patterns");
        atLeast(patternDevices.length, nPatterns, "patternDevices");
        return TokapuLibrary.tokapu_placement_new(
                devices, nDevices, tensorSplit, nSplit, patterns, patternDevices, nPatterns, out(placement));
    }

    @Override
    public int placementFree(long placement) {
        return TokapuLibrary.tokapu_placement_free(placement);
    }
}
