package dev.tokapu.engine.prefix;

import org.jspecify.annotations.Nullable;

/** One search for the longest beginning of a prompt. */
final class PrefixSearch {

    private final PrefixScope scope;
    private final int[] prompt;
    private final int most;
    private final boolean whole;
    private @Nullable CachedSequence best;
    private int length;

    PrefixSearch(PrefixScope scope, int[] prompt, int most, boolean whole) {
        this.scope = scope;
        this.prompt = prompt;
        this.most = most;
        this.whole = whole;
    }

    PrefixMatch result() {
        return best == null ? PrefixMatch.NONE : new PrefixMatch(best, length);
    }

    /** Looks at the runs that follow one that matches to its end. */
    void below(PrefixRun run) {
        for (PrefixRun child : run.children) {
            int common = child.scope != null && scope.mayUse(child.scope) ? common(child) : 0;
            if (common == 0) {
                continue;
            }
            consider(child, child.from + common);
            if (common == child.length() && child.to < most) {
                below(child);
            }
        }
    }

    private int common(PrefixRun run) {
        return run.tokens.commonPrefix(run.from, Math.min(run.to, most), prompt);
    }

    private void consider(PrefixRun run, int matched) {
        if (matched < length) {
            return;
        }
        for (CachedSequence holder : run.holders) {
            boolean usable =
                    scope.mayUse(holder.scope()) && (!whole || (holder.isRetired() && holder.length() == matched));
            if (usable && isBetter(holder, matched)) {
                best = holder;
                length = matched;
            }
        }
    }

    /** A longer match, or of the same length a sequence that may be taken over and loses least. */
    private boolean isBetter(CachedSequence holder, int matched) {
        if (best == null || matched > length) {
            return true;
        }
        if (holder.isEvictable() != best.isEvictable()) {
            return holder.isEvictable();
        }
        return holder.length() < best.length();
    }
}
