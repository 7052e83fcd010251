package dev.tokapu.spi;

/** Kinds of devices ({@code tokapu_device_type}). */
public final class DeviceType {

    private DeviceType() {}

    /** The CPU. */
    public static final int CPU = 0;

    /** A GPU with memory of its own. */
    public static final int GPU = 1;

    /** A GPU that shares the host's memory. */
    public static final int IGPU = 2;

    /** An accelerator that is used together with the CPU. */
    public static final int ACCEL = 3;

    /** Several devices as one. */
    public static final int META = 4;
}
