package dev.tokapu.engine.schedule;

import org.jspecify.annotations.Nullable;

/**
 * What a plan does to the KV cache before its batch.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}.
 */
public final class KvOperation {

    /** What is done. */
    public enum Kind {
        /** All of a slot is removed. */
        CLEAR,
        /** Only the first tokens of a slot stay. */
        TRIM,
        /** The first tokens of a slot are copied to another one, which is empty. */
        COPY,
        /**
         * The tokens of a slot begin to be saved, and stay. They are copied while further plans are carried out; before a plan clears or cuts
         * the slot, the rest is copied.
         */
        SAVE,
        /**
         * What was saved begins to be put into a slot, which is empty; in the end its first tokens are there. If the slot is cleared before,
         * the restore is abandoned.
         */
        RESTORE
    }

    private Kind kind = Kind.CLEAR;
    private int slot;
    private int source;
    private int length;
    private @Nullable SavedPrefix saved;

    KvOperation() {}

    KvOperation set(Kind what, int of, int from, int tokens, @Nullable SavedPrefix prefix) {
        kind = what;
        slot = of;
        source = from;
        length = tokens;
        saved = prefix;
        return this;
    }

    /** {@return what is done} */
    public Kind kind() {
        return kind;
    }

    /** {@return the slot that changes} */
    public int slot() {
        return slot;
    }

    /** {@return the slot that is copied; the same slot for other kinds} */
    public int source() {
        return source;
    }

    /** {@return how many tokens the slot has afterwards} */
    public int length() {
        return length;
    }

    /** {@return what is saved or restored} */
    public SavedPrefix saved() {
        if (saved == null) {
            throw new IllegalStateException(kind + " saves and restores nothing");
        }
        return saved;
    }
}
