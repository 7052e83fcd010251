package dev.tokapu.engine;

import dev.tokapu.LoraSet;

/**
 * Something that came into the {@linkplain PrefixCache prefix cache} of an engine or left it, for what sends requests to the engine that
 * has their beginnings: as KV events of other servers, with whole prefixes in place of blocks.
 *
 * <p>Thread safety: immutable.
 *
 * @param kind what happened
 * @param entry the prefix, as it was then; for one that left, as it was last told
 * @param adapters what it was computed with
 * @param tokens its tokens, a copy; none for one that left
 * @since 0.1
 */
@SuppressWarnings("ArrayRecordComponent") // made for its observer
public record PrefixCacheEvent(Kind kind, CachedPrefix entry, LoraSet adapters, int[] tokens) {

    /**
     * What happened.
     *
     * <p>Thread safety: immutable.
     *
     * @since 0.1
     */
    public enum Kind {
        /** It is there, or has another length now. */
        STORED,
        /** It is gone from its tier: evicted, or continued by a request that keeps it again at its end. */
        REMOVED
    }
}
