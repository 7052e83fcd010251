package dev.tokapu;

import dev.tokapu.internal.util.NamedValues;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Context} holds the keys and values of its sequences. The defaults are llama.cpp's.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class KvCacheOptions {

    private static final KvCacheOptions DEFAULTS = builder().build();

    private final KvType keyType;
    private final KvType valueType;
    private final boolean unified;
    private final boolean swaFull;
    private final boolean offload;

    private KvCacheOptions(Builder builder) {
        keyType = builder.keyType;
        valueType = builder.valueType;
        unified = builder.unified;
        swaFull = builder.swaFull;
        offload = builder.offload;
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
    }

    /** {@return the defaults} */
    public static KvCacheOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        return new Builder()
                .keyType(keyType)
                .valueType(valueType)
                .unified(unified)
                .swaFull(swaFull)
                .offload(offload);
    }

    /** {@return the number format of the keys} */
    public KvType keyType() {
        return keyType;
    }

    /** {@return the number format of the values; quantized ones need flash attention} */
    public KvType valueType() {
        return valueType;
    }

    /** {@return whether all sequences share one buffer} */
    public boolean unified() {
        return unified;
    }

    /** {@return whether layers with a sliding window get a cache of full size, which keeps old tokens removable} */
    public boolean swaFull() {
        return swaFull;
    }

    /** {@return whether attention and the KV cache live on the device of their layer} */
    public boolean offload() {
        return offload;
    }

    private NamedValues values() {
        return new NamedValues("KvCacheOptions")
                .with("keyType", keyType)
                .with("valueType", valueType)
                .with("unified", unified)
                .with("swaFull", swaFull)
                .with("offload", offload);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KvCacheOptions that && values().equals(that.values());
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
     * Builds {@link KvCacheOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private KvType keyType = KvType.F16;
        private KvType valueType = KvType.F16;
        private boolean unified = false;
        private boolean swaFull = true;
        private boolean offload = true;

        private Builder() {}

        /**
         * Number format of the keys; default {@link KvType#F16}. BF16, and quantized formats in models whose head size
         * is not a multiple of 64, rule out a {@link dev.tokapu.text.ContextShift}.
         */
        public Builder keyType(KvType value) {
            keyType = value;
            return this;
        }

        /** Number format of the values; quantized ones need flash attention; default {@link KvType#F16}. */
        public Builder valueType(KvType value) {
            valueType = value;
            return this;
        }

        /**
         * Whether all sequences share one buffer: sharing prefixes is free then, unrelated sequences are slower;
         * default false.
         */
        public Builder unified(boolean value) {
            unified = value;
            return this;
        }

        /** Whether layers with a sliding window get a cache of full size, which keeps old tokens removable; default true. */
        public Builder swaFull(boolean value) {
            swaFull = value;
            return this;
        }

        /**
         * Whether attention and the KV cache live on the device of their layer (llama.cpp: {@code offload_kqv});
         * default true.
         */
        public Builder offload(boolean value) {
            offload = value;
            return this;
        }

        /** {@return the options; an {@link IllegalArgumentException} tells which value is out of range} */
        public KvCacheOptions build() {
            return new KvCacheOptions(this);
        }
    }
}
