package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixMatch;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.prefix.PrefixTree;
import dev.tokapu.internal.util.IntList;
import java.util.ArrayDeque;

/**
 * The tokens of what was evicted and not saved, the latest ones: they tell when a save would have been used, as the ghost list of a
 * 2Q cache does (Johnson and Shasha, 1994).
 */
final class UnsavedPrefixes {

    private static final int MOST = 1024;

    private final PrefixTree tree = new PrefixTree(true);
    private final ArrayDeque<CachedSequence> oldest = new ArrayDeque<>();
    private final boolean trims;
    private long tokens;

    UnsavedPrefixes(boolean trims) {
        this.trims = trims;
    }

    /** Adds one; the oldest ones go when all have more tokens than so many. */
    void add(PrefixScope scope, IntList prefix, int length, long mostTokens) {
        oldest.add(tree.add(scope, prefix.first(length), length));
        tokens += length;
        while (tokens > mostTokens || oldest.size() > MOST) {
            remove(oldest.getFirst());
        }
    }

    /** How much of one of them a prompt begins with, 0 to 1, if that is at least so many tokens; it is forgotten then. */
    double take(PrefixScope scope, int[] prompt, int most, int least) {
        if (oldest.isEmpty()) {
            return 0;
        }
        PrefixMatch match = tree.match(scope, prompt, most, !trims);
        CachedSequence found = match.sequence();
        if (found == null || match.length() < least) {
            return 0;
        }
        double part = (double) match.length() / found.length();
        remove(found);
        return part;
    }

    private void remove(CachedSequence prefix) {
        tokens -= prefix.length();
        oldest.remove(prefix);
        tree.remove(prefix);
    }

    /** Forgets all of them. */
    void clear() {
        while (!oldest.isEmpty()) {
            remove(oldest.getFirst());
        }
    }
}
