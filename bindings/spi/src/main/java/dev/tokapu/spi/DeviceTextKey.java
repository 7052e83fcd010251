package dev.tokapu.spi;

/** What a device says about itself in words: keys of {@link DeviceApi#text} ({@code tokapu_device_text_key}). */
public final class DeviceTextKey {

    private DeviceTextKey() {}

    /** {@code CUDA0}. */
    public static final int NAME = 0;

    /** {@code NVIDIA H200}. */
    public static final int DESCRIPTION = 1;

    /** {@code CUDA}. */
    public static final int BACKEND = 2;

    /** PCI address; may be empty. */
    public static final int ID = 3;
}
