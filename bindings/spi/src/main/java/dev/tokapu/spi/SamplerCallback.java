package dev.tokapu.spi;

/**
 * A sampler in Java, as {@code tokapu_sampler_callback} has it: one method for each event, on the thread of the native call that
 * the event is part of.
 *
 * <p>What a method throws never reaches a native frame: it fails the native call with {@link Status#ERROR_CALLBACK}. The
 * exception itself is dropped there; an implementation that wants it keeps it.
 *
 * <p>Thread safety: confined to the chain that it is part of.
 */
public interface SamplerCallback {

    /**
     * Works on the candidates, which {@link SamplerApi#candidates} and {@link SamplerApi#setCandidates} copy.
     *
     * @param n how many there are
     */
    void apply(int n);

    /**
     * A token was chosen.
     *
     * @param token its id
     */
    void accept(int token);

    /** Goes back to the first state. */
    void reset();

    /**
     * Copies itself with its state, for a copy of the chain.
     *
     * @return an independent callback
     */
    SamplerCallback copy();
}
