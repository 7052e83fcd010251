package dev.tokapu.ffm;

import static dev.tokapu.ffm.gen.TokapuH.tokapu_backend_load;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_cuda_driver;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_device_check;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_device_count;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_device_info;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_device_text;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_library_open;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_placement_free;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_placement_new;

import dev.tokapu.spi.ArrayChecks;

/** The functions of {@code tokapu.h} for further backends, devices and placements. */
abstract class DeviceCalls extends SystemCalls {

    @Override
    public int backendLoad(byte[] path, int[] nDevices) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_backend_load(s.a.in(path), path.length, s.cell(nDevices)), nDevices);
        }
    }

    @Override
    public int libraryOpen(byte[] path) {
        try (Scratch s = Scratch.take()) {
            return tokapu_library_open(s.a.in(path), path.length);
        }
    }

    @Override
    public int cudaDriver(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(tokapu_cuda_driver(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int deviceCount(int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_device_count(s.cell(n)), n);
        }
    }

    @Override
    public int deviceInfo(int device, long[] info) {
        try (Scratch s = Scratch.take()) {
            return s.longsTo(tokapu_device_info(device, s.a.reserve(8L * info.length), info.length), info);
        }
    }

    @Override
    public int deviceText(int device, int key, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_device_text(device, key, s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int deviceCheck(int device) {
        return tokapu_device_check(device);
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
                    tokapu_placement_new(
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
        return tokapu_placement_free(placement);
    }
}
