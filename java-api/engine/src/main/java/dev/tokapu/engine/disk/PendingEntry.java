package dev.tokapu.engine.disk;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.IntList;

/**
 * An entry that is to be written.
 *
 * <p>Thread safety: what changes is guarded by its {@link DiskIndex}, but for {@link #isCancelled}.
 */
final class PendingEntry {

    private final PrefixScope scope;
    private final IntList tokens;
    private final long bytes;
    private volatile boolean cancelled;

    /** Whether it is being written. */
    boolean started;

    PendingEntry(PrefixScope scope, IntList tokens, long bytes) {
        this.scope = scope;
        this.tokens = tokens;
        this.bytes = bytes;
    }

    PrefixScope scope() {
        return scope;
    }

    IntList tokens() {
        return tokens;
    }

    int length() {
        return tokens.size();
    }

    /** About the size of its file. */
    long bytes() {
        return bytes;
    }

    /** Nobody wants it any more. */
    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Whether it is of a scope and its tokens begin with these. */
    boolean beginsWith(PrefixScope other, IntList beginning) {
        return beginning.size() <= tokens.size()
                && scope.equals(other)
                && tokens.startsLike(beginning, beginning.size());
    }
}
