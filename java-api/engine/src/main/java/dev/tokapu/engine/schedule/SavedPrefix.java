package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.IntList;
import org.jspecify.annotations.Nullable;

/**
 * Tokens whose keys and values are in host memory, or are on their way there.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}; scope, tokens and length do not change.
 */
public final class SavedPrefix {

    private final PrefixScope scope;
    private final IntList tokens;
    private final int length;
    private @Nullable SavedState state;

    /** Its place in the tree of saved prefixes; null before it is there. */
    @Nullable
    CachedSequence indexed;

    /** Restores that are planned; it is not evicted before them. */
    int restores;

    /** Whether it was evicted while it was being saved. */
    boolean unwanted;

    /** Whether it could not be restored. */
    boolean failed;

    /** Uses in the KV cache, before it was saved. */
    int uses;

    double weight;

    /** The first tokens of a list, which is copied. */
    SavedPrefix(PrefixScope scope, IntList tokens, int length) {
        this.scope = scope;
        this.length = length;
        this.tokens = tokens.first(length);
    }

    /** {@return who may share it} */
    public PrefixScope scope() {
        return scope;
    }

    /** {@return its tokens} */
    public IntList tokens() {
        return tokens;
    }

    /** {@return how many tokens it has} */
    public int length() {
        return length;
    }

    /** {@return its keys and values; null before they are saved} */
    public @Nullable SavedState state() {
        return state;
    }

    /** {@return whether its copy is still wanted: false once it was evicted while being saved} */
    public boolean isWanted() {
        return !unwanted;
    }

    void state(@Nullable SavedState value) {
        state = value;
    }

    long bytes() {
        return state == null ? 0 : state.bytes();
    }

    /** {@return its number, which does not come again; 0 before it is saved} */
    public long serial() {
        return indexed == null ? 0 : indexed.serial();
    }

    /** {@return how many requests began with its tokens} */
    public int uses() {
        return indexed == null ? uses : indexed.uses();
    }

    /** {@return whether it stays until it is unpinned} */
    public boolean isPinned() {
        return indexed != null && indexed.isPinned();
    }
}
