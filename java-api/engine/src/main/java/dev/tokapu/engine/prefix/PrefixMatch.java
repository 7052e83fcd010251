package dev.tokapu.engine.prefix;

import org.jspecify.annotations.Nullable;

/**
 * The longest beginning of a prompt that is in the KV cache.
 *
 * <p>Thread safety: immutable, though its sequence is not.
 *
 * @param sequence a sequence that begins with it; null when there is none
 * @param length its tokens; 0 when there is none
 */
public record PrefixMatch(@Nullable CachedSequence sequence, int length) {

    /** Nothing. */
    public static final PrefixMatch NONE = new PrefixMatch(null, 0);
}
