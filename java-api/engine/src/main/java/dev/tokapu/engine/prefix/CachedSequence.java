package dev.tokapu.engine.prefix;

import dev.tokapu.internal.util.IntList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A sequence of the context whose tokens are known: a live one, or one that is kept after its request has ended.
 *
 * <p>Thread safety: confined to the thread of its {@link PrefixTree}.
 */
public final class CachedSequence {

    private static final AtomicLong SERIALS = new AtomicLong();

    private final long serial = SERIALS.incrementAndGet();
    private int id;
    private final PrefixScope scope;
    private final IntList tokens;

    /** How many of its tokens others may share: those behind are computed in a way of its own. */
    private final int shared;

    /** The run of cells that it ends with; the root while it is empty. */
    PrefixRun leaf;

    int length;

    private boolean retired;
    private boolean pinned;
    private int uses;
    private double weight;
    private double value;
    private int savedLength;
    private boolean unsavable;

    CachedSequence(int id, PrefixScope scope, IntList tokens, int shared, PrefixRun leaf) {
        this.id = id;
        this.scope = scope;
        this.tokens = tokens;
        this.shared = shared;
        this.leaf = leaf;
    }

    /** {@return its number, which does not come again in any tree} */
    public long serial() {
        return serial;
    }

    /** {@return the sequence of the context} */
    public int id() {
        return id;
    }

    /** Its tokens are in another sequence of the context now; for sequences with buffers of their own. */
    public void move(int to) {
        id = to;
    }

    /** {@return who may share it} */
    public PrefixScope scope() {
        return scope;
    }

    /** Who may share what begins at a position. */
    PrefixScope scopeAt(int position) {
        return position < shared ? scope : PrefixScope.NONE;
    }

    int shared() {
        return shared;
    }

    /** {@return its tokens; the last ones of a live sequence may not be computed yet} */
    public IntList tokens() {
        return tokens;
    }

    /** {@return how many of its tokens are in the KV cache} */
    public int length() {
        return length;
    }

    /** {@return whether its request has ended} */
    public boolean isRetired() {
        return retired;
    }

    /** Its request has ended, and it is kept. */
    public void retire() {
        retired = true;
    }

    /** {@return whether it stays until it is unpinned} */
    public boolean isPinned() {
        return pinned;
    }

    /** Keeps it, or lets it be evicted again. */
    public void pin(boolean value) {
        pinned = value;
    }

    /** {@return whether it may be evicted} */
    public boolean isEvictable() {
        return retired && !pinned;
    }

    /** {@return how many requests began with its tokens} */
    public int uses() {
        return uses;
    }

    /**
     * Further requests began with its tokens.
     *
     * @param requests how many
     * @param parts sum of the parts of it that they used, each 0 to 1
     */
    public void used(int requests, double parts) {
        uses += requests;
        weight += parts;
    }

    /** {@return the uses, each counted by the part of it that was used} */
    public double weight() {
        return weight;
    }

    /** {@return what it is worth to keep; the least valuable one is evicted first} */
    public double value() {
        return value;
    }

    /** Sets what it is worth. */
    public void value(double worth) {
        value = worth;
    }

    /** {@return how many of its tokens were saved elsewhere} */
    public int savedLength() {
        return savedLength;
    }

    /** So many of its tokens are saved elsewhere. */
    public void saved(int tokens) {
        savedLength = tokens;
    }

    /** {@return whether saving it led to nothing} */
    public boolean isUnsavable() {
        return unsavable;
    }

    /** Saving it led to nothing, and would again. */
    public void unsavable() {
        unsavable = true;
    }
}
