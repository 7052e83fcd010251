package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for devices, and for placements, which say where the parts of a model go. */
public interface DeviceApi {

    int count(int[] n);

    int info(int device, long[] info);

    int text(int device, int key, byte[] buf, int[] length);

    int check(int device);

    int placementNew(
            int[] devices,
            int nDevices,
            float[] tensorSplit,
            int nSplit,
            byte[] patterns,
            int[] patternDevices,
            int nPatterns,
            long[] placement);

    int placementFree(long placement);
}
