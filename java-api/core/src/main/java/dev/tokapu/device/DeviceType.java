package dev.tokapu.device;

/**
 * The kind of a {@link Device}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum DeviceType {
    /** The processor. */
    CPU,

    /** A graphics processor with memory of its own. */
    GPU,

    /** A graphics processor that shares the host's memory. */
    IGPU,

    /** An accelerator that is used together with the CPU. */
    ACCEL,

    /** Several devices as one. */
    META;

    /** {@return whether it is a GPU, which can hold layers of a model: {@link #GPU} or {@link #IGPU}} */
    public boolean isGpu() {
        return this == GPU || this == IGPU;
    }
}
