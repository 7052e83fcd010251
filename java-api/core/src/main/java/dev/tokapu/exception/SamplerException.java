package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * A sampler written in Java failed; the cause is what it threw. The chain and the context stay usable: samplers that come before
 * it in the chain may have seen the token that it failed on, {@link dev.tokapu.sampling.SamplerChain#reset} puts all of them back.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class SamplerException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public SamplerException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what the sampler threw
     */
    public SamplerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
