package dev.tokapu.engine.prefix;

import dev.tokapu.internal.util.IntList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A node of the tree: a run of tokens at the same positions of all sequences that hold it. */
final class PrefixRun {

    @Nullable
    PrefixRun parent;

    /** Who may share it; null for a root. */
    final @Nullable PrefixScope scope;

    /** The tokens of the sequence that it was computed for, from position 0 on. */
    IntList tokens;

    int from;
    int to;
    final List<CachedSequence> holders = new ArrayList<>(2);
    final List<PrefixRun> children = new ArrayList<>(2);

    PrefixRun(@Nullable PrefixRun parent, @Nullable PrefixScope scope, IntList tokens, int from, int to) {
        this.parent = parent;
        this.scope = scope;
        this.tokens = tokens;
        this.from = from;
        this.to = to;
    }

    static PrefixRun root() {
        return new PrefixRun(null, null, new IntList(), 0, 0);
    }

    boolean isRoot() {
        return parent == null;
    }

    boolean scopeEquals(PrefixRun other) {
        return Objects.equals(scope, other.scope);
    }

    int length() {
        return to - from;
    }

    /** The run before it. */
    PrefixRun above() {
        if (parent == null) {
            throw new IllegalStateException("a root has no parent");
        }
        return parent;
    }
}
