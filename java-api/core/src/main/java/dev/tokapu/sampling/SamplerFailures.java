package dev.tokapu.sampling;

import dev.tokapu.exception.SamplerException;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.spi.Status;
import org.jspecify.annotations.Nullable;

/**
 * Exceptions for the failed calls of one chain; what a sampler in Java threw is their cause.
 *
 * <p>Thread safety: confined to the chain, like its calls.
 */
final class SamplerFailures {

    private final NativeHandle handle;
    private final JavaSamplers java;

    SamplerFailures(NativeHandle handle, JavaSamplers java) {
        this.handle = handle;
        this.java = java;
    }

    /** Throws the exception that fits a status. */
    void check(int status, String action) {
        if (status == Status.ERROR_CALLBACK) {
            Throwable cause = java.takeThrown();
            throw cause == null
                    ? NativeErrors.failure(handle.api(), status, action, handle.name())
                    : inJava(action, cause);
        }
        handle.check(status, action);
    }

    /** Throws when a sampler in Java threw. */
    void checkJava(String action) {
        Throwable thrown = java.takeThrown();
        if (thrown != null) {
            throw inJava(action, thrown);
        }
    }

    /**
     * Why the chain chose no token in a call for many chains.
     *
     * @param reason what the library said of this chain, null when it spoke of another one
     */
    RuntimeException inBatch(int status, @Nullable String reason) {
        Throwable cause = status == Status.ERROR_CALLBACK ? java.takeThrown() : null;
        if (cause != null) {
            return inJava("sample", cause);
        }
        String known = reason == null ? "it failed beside another one" : reason;
        return NativeErrors.failure(status, known, "sample", handle.name());
    }

    private SamplerException inJava(String action, Throwable cause) {
        return new SamplerException(handle.name() + ": " + action + " failed in a sampler in Java: " + cause, cause);
    }
}
