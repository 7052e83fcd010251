package dev.tokapu.engine;

/**
 * Where an engine chooses tokens.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum SamplingDevice {
    /** {@link #THREADS}: attaching a chain to a device plans the compute graph anew, which costs more than it saves for short answers. */
    AUTO,

    /** On the CPU, the sequences of a step shared out over threads. */
    THREADS,

    /** Where the logits are computed, for chains whose samplers can run there; the others as {@link #THREADS}. */
    DEVICE
}
