package dev.tokapu.engine.draft;

import dev.tokapu.KvCache;
import dev.tokapu.internal.util.IntList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which answer has which sequence of the draft model's context, and what is in each. What is left of an answer stays, for one that begins in the
 * same way, until the sequence or, in a unified KV cache, the room is needed.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class DraftSlots {

    private static final int WORTH = 16; // tokens in common: for fewer the lowest sequence is taken

    private final KvCache kvCache;
    private final IntList[] contents;
    private final @Nullable ModelDrafts[] owners;
    private final long[] left; // when the owner left
    private final long most;
    private long time;

    /**
     * Creates them.
     *
     * @param most tokens of all together
     */
    DraftSlots(KvCache kvCache, int slots, long most) {
        this.kvCache = kvCache;
        this.contents = new IntList[slots];
        this.owners = new @Nullable ModelDrafts[slots];
        this.left = new long[slots];
        this.most = most;
        Arrays.setAll(contents, i -> new IntList());
    }

    /** Gives an answer a sequence, if it has none: that which begins most like it, else the lowest. */
    boolean take(ModelDrafts answer) {
        if (answer.slot() < 0) {
            int best = find(answer);
            if (best < 0) {
                return false;
            }
            owners[best] = answer;
            answer.place(best, contents[best].commonPrefix(answer.known().toArray()));
        }
        return true;
    }

    private int find(ModelDrafts answer) {
        int[] known = answer.known().toArray();
        int best = -1;
        int common = WORTH - 1;
        for (int slot = 0; slot < owners.length; slot++) {
            if (owners[slot] == null) {
                int same = contents[slot].commonPrefix(known);
                if (best < 0 || same > common) {
                    best = slot;
                    common = Math.max(common, same);
                }
            }
        }
        return best;
    }

    /** Takes an answer's sequence from it. */
    void free(ModelDrafts answer) {
        if (answer.slot() >= 0) {
            owners[answer.slot()] = null;
            left[answer.slot()] = ++time;
        }
        answer.place(-1, -1);
    }

    /**
     * How many tokens of an answer are in its sequence: at most all but the last, which says what comes next. Without a sequence, how many were in
     * the best one when that was asked first.
     */
    int held(ModelDrafts answer) {
        if (answer.slot() < 0) {
            if (answer.held() < 0) {
                int best = find(answer);
                answer.place(
                        -1,
                        best < 0
                                ? 0
                                : contents[best].commonPrefix(answer.known().toArray()));
            }
            return answer.held();
        }
        IntList content = contents[answer.slot()];
        IntList known = answer.known();
        int end = Math.min(content.size(), known.size() - 1);
        int same = Math.min(answer.held(), end);
        while (same < end && content.get(same) == known.get(same)) {
            same++;
        }
        answer.place(answer.slot(), same);
        return same;
    }

    /** Removes from an answer's sequence what is not its own. */
    void cut(ModelDrafts answer) {
        int held = held(answer);
        IntList content = contents[answer.slot()];
        if (content.size() > held) {
            if (!kvCache.remove(answer.slot(), held, -1)) {
                throw new IllegalStateException("rejected drafts could not be removed after position " + held);
            }
            content.truncate(held);
        }
    }

    /** Makes room for tokens; false when those of live answers leave none. */
    boolean makeRoom(int tokens) {
        while (cells() + tokens > most) {
            int oldest = -1;
            for (int slot = 0; slot < owners.length; slot++) {
                boolean kept = owners[slot] == null && contents[slot].size() > 0;
                if (kept && (oldest < 0 || left[slot] < left[oldest])) {
                    oldest = slot;
                }
            }
            if (oldest < 0) {
                return false;
            }
            clear(oldest);
        }
        return true;
    }

    private long cells() {
        long cells = 0;
        for (IntList content : contents) {
            cells += content.size();
        }
        return cells;
    }

    /** A token of a sequence is computed; returns its position. */
    int add(int slot, int token) {
        contents[slot].add(token);
        return contents[slot].size() - 1;
    }

    /** Nobody knows what is in the sequences. */
    void clear() {
        for (int slot = 0; slot < owners.length; slot++) {
            clear(slot);
        }
    }

    private void clear(int slot) {
        kvCache.remove(slot, -1, -1);
        contents[slot].truncate(0);
    }
}
