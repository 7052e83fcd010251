package dev.tokapu.engine.prefix;

import dev.tokapu.internal.util.IntList;
import java.util.HashMap;
import java.util.Map;

/**
 * A radix tree over the tokens of the sequences of a context. Each node is a run of KV cells; a sequence is the path from a root
 * to its leaf. With a unified KV cache sequences that were forked share runs; otherwise each has its own.
 *
 * <p>Growing a sequence allocates nothing.
 *
 * <p>Thread safety: confined to one thread.
 */
public final class PrefixTree {

    private final boolean shares;
    private final Map<Object, PrefixRun> roots = new HashMap<>(); // by adapters
    private long cells;
    private long version;

    /**
     * An empty tree.
     *
     * @param shares whether forks share their cells
     */
    public PrefixTree(boolean shares) {
        this.shares = shares;
    }

    /** {@return the cells that all sequences take together} */
    public long cells() {
        return cells;
    }

    /**
     * Adds an empty sequence.
     *
     * @param id the sequence of the context
     * @param scope who may share it
     * @param tokens its tokens, which the caller appends to
     * @param shared how many of them others may share
     * @return the sequence
     */
    public CachedSequence open(int id, PrefixScope scope, IntList tokens, int shared) {
        PrefixRun root = roots.computeIfAbsent(scope.adapters(), adapters -> PrefixRun.root());
        CachedSequence sequence = new CachedSequence(id, scope, tokens, shared, root);
        root.holders.add(sequence);
        version++;
        return sequence;
    }

    /**
     * Adds a sequence that begins as another one does.
     *
     * @param source the other one
     * @param length how many of its tokens; at most its length
     * @param id the sequence of the context
     * @param scope who may share what it adds
     * @param tokens its tokens, which begin with those
     * @param shared how many of them others may share
     * @return the sequence
     */
    public CachedSequence fork(
            CachedSequence source, int length, int id, PrefixScope scope, IntList tokens, int shared) {
        if (length > source.length) {
            throw new IllegalArgumentException("length " + length + " of a sequence of " + source.length);
        }
        CachedSequence fork = open(id, scope, tokens, shared);
        if (!shares || length == 0) {
            resize(fork, length);
            return fork;
        }
        PrefixRun last = source.leaf;
        while (last.from >= length) {
            last = last.above();
        }
        if (length < last.to) {
            last = split(last, length);
        }
        for (PrefixRun run = last; !run.isRoot(); run = run.above()) {
            run.holders.add(fork);
        }
        fork.leaf = last;
        fork.length = length;
        return fork;
    }

    /**
     * Adds a sequence that is kept outside of the context, whole; it shares what it can.
     *
     * @param scope who may share it
     * @param tokens its tokens
     * @param length how many of them
     * @return the sequence, whose id means nothing
     */
    public CachedSequence add(PrefixScope scope, IntList tokens, int length) {
        PrefixMatch common = match(scope, tokens.toArray(), length, false);
        CachedSequence source = common.sequence();
        CachedSequence added = source == null
                ? open(-1, scope, tokens, length)
                : fork(source, common.length(), -1, scope, tokens, length);
        resize(added, length);
        added.retire();
        return added;
    }

    /** {@return a number that changes when a sequence comes, goes, grows or shrinks} */
    public long version() {
        return version;
    }

    /** Tokens were computed for a sequence, or taken from it. */
    public void resize(CachedSequence sequence, int length) {
        version++;
        if (length > sequence.length) {
            grow(sequence, length);
        } else if (length < sequence.length) {
            shrink(sequence, length);
        }
        sequence.length = length;
    }

    private void grow(CachedSequence sequence, int length) {
        PrefixRun leaf = sequence.leaf;
        if (leaf.to < sequence.shared() && sequence.shared() < length) {
            grow(sequence, sequence.shared());
            leaf = sequence.leaf;
        }
        PrefixScope scope = sequence.scopeAt(leaf.to);
        if (leaf.holders.size() == 1 && scope.equals(leaf.scope)) {
            leaf.tokens =
                    sequence.tokens(); // the same as far as the run goes; those of its first sequence are forgotten
        }
        boolean own = leaf.holders.size() == 1 && leaf.tokens == sequence.tokens() && scope.equals(leaf.scope);
        if (leaf.isRoot() || !own) {
            PrefixRun run = new PrefixRun(leaf, scope, sequence.tokens(), leaf.to, leaf.to);
            run.holders.add(sequence);
            leaf.children.add(run);
            sequence.leaf = run;
            leaf = run;
        }
        cells += length - leaf.to;
        leaf.to = length;
    }

    private void shrink(CachedSequence sequence, int length) {
        while (length <= sequence.leaf.from && !sequence.leaf.isRoot()) {
            leave(sequence);
        }
        PrefixRun leaf = sequence.leaf;
        if (length >= leaf.to) {
            return;
        }
        if (leaf.holders.size() > 1) {
            split(leaf, length);
            leave(sequence);
        } else {
            cells -= leaf.to - length;
            leaf.to = length;
        }
    }

    /** A sequence no longer ends with its last run, but before it. */
    private void leave(CachedSequence sequence) {
        PrefixRun leaf = sequence.leaf;
        PrefixRun parent = leaf.above();
        leaf.holders.remove(sequence);
        sequence.leaf = parent;
        if (leaf.holders.isEmpty()) {
            parent.children.remove(leaf);
            cells -= leaf.length();
        } else {
            join(leaf);
        }
    }

    /** Makes one run of two when all that hold the first one hold the second one, too. */
    private static void join(PrefixRun first) {
        if (first.isRoot() || first.children.size() != 1) {
            return;
        }
        PrefixRun second = first.children.get(0);
        if (second.holders.size() != first.holders.size() || !second.scopeEquals(first)) {
            return;
        }
        PrefixRun parent = first.above();
        second.from = first.from;
        second.parent = parent;
        parent.children.set(parent.children.indexOf(first), second);
    }

    /** Cuts a run in two; the first of them is returned. */
    private static PrefixRun split(PrefixRun run, int at) {
        PrefixRun parent = run.above();
        PrefixRun first = new PrefixRun(parent, run.scope, run.tokens, run.from, at);
        first.holders.addAll(run.holders);
        first.children.add(run);
        parent.children.set(parent.children.indexOf(run), first);
        run.parent = first;
        run.from = at;
        return first;
    }

    /** Removes a sequence; cells that no other one holds are free. */
    public void remove(CachedSequence sequence) {
        version++;
        resize(sequence, 0);
        PrefixRun root = sequence.leaf;
        root.holders.remove(sequence);
        if (root.holders.isEmpty()) {
            roots.remove(sequence.scope().adapters());
        }
    }

    /**
     * Looks for the longest beginning of a prompt.
     *
     * @param scope who asks
     * @param prompt its tokens
     * @param most tokens at most
     * @param whole whether the whole sequence must be a beginning of the prompt, for memory that cannot be cut
     * @return what was found
     */
    public PrefixMatch match(PrefixScope scope, int[] prompt, int most, boolean whole) {
        PrefixRun root = roots.get(scope.adapters());
        if (root == null) {
            return PrefixMatch.NONE;
        }
        PrefixSearch search = new PrefixSearch(scope, prompt, most, whole);
        search.below(root);
        return search.result();
    }

    /** {@return the cells of which at least one sequence cannot be evicted} */
    public long firmCells() {
        long firm = 0;
        for (PrefixRun root : roots.values()) {
            firm += firm(root);
        }
        return firm;
    }

    private static long firm(PrefixRun run) {
        long firm = isFirm(run) ? run.length() : 0;
        for (PrefixRun child : run.children) {
            firm += firm(child);
        }
        return firm;
    }

    private static boolean isFirm(PrefixRun run) {
        for (CachedSequence holder : run.holders) {
            if (!holder.isEvictable()) {
                return true;
            }
        }
        return false;
    }

    /** {@return how many of the first cells of a sequence could be evicted as of now} */
    public static int looseCells(CachedSequence sequence, int length) {
        int loose = 0;
        for (PrefixRun run = sequence.leaf; !run.isRoot(); run = run.above()) {
            if (run.from < length && !isFirm(run)) {
                loose += Math.min(run.to, length) - run.from;
            }
        }
        return loose;
    }

    /** {@return how many cells at the end of a sequence no other one holds, as far as its last run goes} */
    public static int ownTail(CachedSequence sequence) {
        PrefixRun leaf = sequence.leaf;
        return leaf.holders.size() == 1 ? leaf.length() : 0;
    }

    /** {@return whether another sequence of the same scope holds all that a sequence has} */
    public static boolean isCovered(CachedSequence sequence) {
        for (CachedSequence holder : sequence.leaf.holders) {
            if (holder != sequence && holder.scope().equals(sequence.scope()) && !sequence.leaf.isRoot()) {
                return true;
            }
        }
        return false;
    }
}
