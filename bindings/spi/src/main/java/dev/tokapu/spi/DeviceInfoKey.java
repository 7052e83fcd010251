package dev.tokapu.spi;

/** What a device says about itself in numbers: indices of {@link DeviceApi#info} ({@code tokapu_device_info_key}). */
public final class DeviceInfoKey {

    private DeviceInfoKey() {}

    /** {@code tokapu_device_type}. */
    public static final int TYPE = 0;

    /** Bytes, now. */
    public static final int MEMORY_FREE = 1;

    /** Bytes. */
    public static final int MEMORY_TOTAL = 2;

    /** CUDA: 10 * major + minor; 0 for others. */
    public static final int COMPUTE_CAPABILITY = 3;

    /** The number of entries. */
    public static final int COUNT = 4;
}
