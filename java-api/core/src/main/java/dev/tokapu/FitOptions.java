package dev.tokapu;

import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.MemoryMargin;
import dev.tokapu.internal.util.NamedValues;
import dev.tokapu.source.ModelSource;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@link Fit#of(ModelSource, ModelOptions, ContextOptions, FitOptions)}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class FitOptions {

    private static final FitOptions DEFAULTS = builder().build();

    private final long margin;
    private final int minContextSize;

    private FitOptions(Builder builder) {
        margin = builder.margin;
        minContextSize = builder.minContextSize;
        if (margin < 0) {
            throw new IllegalArgumentException("margin is " + margin + "; it must be 0 or more bytes");
        }
        Checks.atLeast("minContextSize", minContextSize, 1);
    }

    /**
     * {@return the defaults of llama.cpp's {@code --fit}: 1 GiB stays free (an eighth of a host or container with less
     * than 8 GiB), and the context keeps 4096 tokens}
     */
    public static FitOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        return new Builder().margin(margin).minContextSize(minContextSize);
    }

    /** {@return the bytes that stay free on each device, and on the host where the model runs on the CPU} */
    public long margin() {
        return margin;
    }

    /** {@return the least tokens for one sequence that the context keeps when its size is left to fitting} */
    public int minContextSize() {
        return minContextSize;
    }

    private NamedValues values() {
        return new NamedValues("FitOptions").with("margin", margin).with("minContextSize", minContextSize);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FitOptions that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    @Override
    public String toString() {
        return values().toString();
    }

    /**
     * Builds {@link FitOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private long margin = MemoryMargin.BYTES;
        private int minContextSize = 4096;

        private Builder() {}

        /** Bytes that stay free on each device, and on the host where the model runs on the CPU; 0 or more, default 1 GiB. */
        public Builder margin(long value) {
            margin = value;
            return this;
        }

        /**
         * The least tokens for one sequence that the context keeps when its size is left to fitting; 1 or more, default
         * 4096.
         */
        public Builder minContextSize(int value) {
            minContextSize = value;
            return this;
        }

        /** {@return the options; an {@link IllegalArgumentException} tells which value is out of range} */
        public FitOptions build() {
            return new FitOptions(this);
        }
    }
}
