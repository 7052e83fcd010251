package dev.tokapu.engine;

import dev.tokapu.internal.util.Checks;

/**
 * How an {@link Engine} keeps what it has computed for requests that begin with the same tokens.
 *
 * <p>Thread safety: immutable.
 *
 * @param enabled whether it keeps anything
 * @param sequences the number of kept sequences with {@link KvCacheLayout#UNIFIED}, in addition to the live ones, 0 to 255; with
 *     {@link KvCacheLayout#SPLIT} the idle sequences are kept
 * @since 0.1
 */
public record PrefixCacheOptions(boolean enabled, int sequences) {

    private static final PrefixCacheOptions DEFAULTS = new PrefixCacheOptions(true, 32);
    private static final PrefixCacheOptions NONE = new PrefixCacheOptions(false, 0);

    /** Checks the values. */
    public PrefixCacheOptions {
        Checks.between("sequences", sequences, 0, 255);
    }

    /** {@return the defaults: on, with 32 sequences} */
    public static PrefixCacheOptions defaults() {
        return DEFAULTS;
    }

    /** {@return nothing is kept} */
    public static PrefixCacheOptions none() {
        return NONE;
    }

    /**
     * The same with another number of sequences.
     *
     * @param value 0 to 255
     * @return the options
     */
    public PrefixCacheOptions withSequences(int value) {
        return new PrefixCacheOptions(enabled, value);
    }
}
