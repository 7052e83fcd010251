package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.DeviceApi;

/** {@link DeviceApi} over the generated downcalls. */
final class FfmDeviceApi implements DeviceApi {

    @Override
    public int count(int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_device_count(s.cell(n)), n);
        }
    }

    @Override
    public int info(int device, long[] info) {
        try (Scratch s = Scratch.take()) {
            return s.longsTo(TokapuH.tokapu_device_info(device, s.a.reserve(8L * info.length), info.length), info);
        }
    }

    @Override
    public int text(int device, int key, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_device_text(device, key, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int check(int device) {
        return TokapuH.tokapu_device_check(device);
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
        ArrayChecks.atLeast(devices.length, nDevices, "devices");
        ArrayChecks.atLeast(tensorSplit.length, nSplit, "tensorSplit");
        ArrayChecks.texts(patterns, nPatterns, "patterns");
        ArrayChecks.atLeast(patternDevices.length, nPatterns, "patternDevices");
        try (Scratch s = Scratch.take()) {
            return s.longTo(
                    TokapuH.tokapu_placement_new(
                            s.a.in(devices, nDevices),
                            nDevices,
                            s.b.in(tensorSplit, nSplit),
                            nSplit,
                            s.c.in(patterns),
                            s.d.in(patternDevices, nPatterns),
                            nPatterns,
                            s.cell(placement)),
                    placement);
        }
    }

    @Override
    public int placementFree(long placement) {
        return TokapuH.tokapu_placement_free(placement);
    }
}
