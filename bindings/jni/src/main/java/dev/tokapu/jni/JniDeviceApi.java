package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.out;
import static dev.tokapu.spi.ArrayChecks.texts;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.DeviceApi;

/** {@link DeviceApi} over the native methods that JavaCPP generates. */
final class JniDeviceApi implements DeviceApi {

    @Override
    public int count(int[] n) {
        return TokapuLibrary.tokapu_device_count(out(n));
    }

    @Override
    public int info(int device, long[] info) {
        return TokapuLibrary.tokapu_device_info(device, info, info.length);
    }

    @Override
    public int text(int device, int key, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_device_text(device, key, buf, buf.length, out(length));
    }

    @Override
    public int check(int device) {
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
