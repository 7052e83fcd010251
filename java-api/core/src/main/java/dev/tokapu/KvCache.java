package dev.tokapu;

import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Status;
import java.util.Arrays;

/**
 * The KV cache of a {@link Context}, or the recurrent states that some models keep in its place or beside it. This is
 * the low level, with sequence ids and ranges of positions; {@link Sequence} is a view of one sequence.
 *
 * <p>A sequence is an id from 0 to {@link ContextInfo#maxSequences()} - 1. Ranges of positions are {@code from}
 * inclusive to
 * {@code to} exclusive; a negative {@code from} means from the start, a negative {@code to} means to the end.
 *
 * <p>Thread safety: confined to one thread at a time together with its context; a second one gets an
 * {@link IllegalStateException}.
 *
 * @since 0.1
 */
public final class KvCache {

    private final NativeHandle handle;
    private final NativeApi api;
    private final int maxSequences;
    private final boolean hasMemory;
    private final boolean canShift;
    private final boolean unified;
    private final TruncationLog[] cuts;
    private final int[] smallest = new int[1];
    private final int[] largest = new int[1];

    KvCache(NativeHandle handle, ContextInfo info, boolean unified) {
        this.handle = handle;
        this.api = handle.api();
        this.maxSequences = info.maxSequences();
        this.hasMemory = info.hasMemory();
        this.canShift = info.canShift();
        this.unified = unified;
        this.cuts = new TruncationLog[maxSequences];
        Arrays.setAll(cuts, i -> new TruncationLog());
    }

    /** The truncations of a sequence. */
    TruncationLog cuts(int sequence) {
        return cuts[sequence];
    }

    private void cutOthers(int sequence) {
        for (int i = 0; i < maxSequences; i++) {
            if (i != sequence) {
                cuts[i].add(0);
            }
        }
    }

    /** {@return whether there is one; without it, as in embedding models, each batch stands for itself} */
    public boolean isPresent() {
        return hasMemory;
    }

    /** Removes all sequences. */
    public void clear() {
        if (!hasMemory) {
            return;
        }
        long id = handle.acquire();
        try {
            handle.check(api.memory().clear(id, 1), "clearing the KV cache");
            cutOthers(-1);
        } finally {
            handle.release();
        }
    }

    /**
     * Removes a range of positions of a sequence. Later positions do not move: see {@link #shift}.
     *
     * @param sequence the sequence
     * @param from the first position, negative for the start
     * @param to the position after the last, negative for the end
     * @return false when the cache cannot remove a part of a sequence (recurrent models); nothing was done then
     * @throws UnsupportedOperationException when the model has no memory; all of a sequence may be removed there, too
     */
    public boolean remove(int sequence, int from, int to) {
        checkSequence(sequence);
        if (!hasMemory && from <= 0 && to < 0) {
            return true;
        }
        requireMemory("remove");
        long id = handle.acquire();
        try {
            int status = api.memory().seqRm(id, sequence, from, to);
            if (status == Status.ERROR_UNSUPPORTED) {
                return false;
            }
            handle.check(status, "removing from the KV cache");
            cuts[sequence].add(Math.max(0, from));
            return true;
        } finally {
            handle.release();
        }
    }

    /**
     * Forks a sequence: another one shares a range of its positions. With a unified cache ({@link
     * KvCacheOptions#unified()}) nothing is copied; with a split one the sequence is copied at the next decode, and
     * only whole sequences can be forked.
     *
     * @param source the sequence that has them
     * @param target the sequence that gets them, in place of what it holds there
     * @param from the first position, negative for the start
     * @param to the position after the last, negative for the end
     */
    public void copy(int source, int target, int from, int to) {
        requireMemory("copy");
        checkSequence(source);
        checkSequence(target);
        boolean whole = from <= 0 && (to < 0 || to > maxPosition(source));
        if (!unified && maxSequences > 1 && source != target && !whole) {
            throw new IllegalArgumentException("positions " + from + " to " + to + " are a part of sequence " + source
                    + ", and sequences with separate buffers can only be copied as a whole; copy all and remove the"
                    + " rest, or set KvCacheOptions.unified");
        }
        long id = handle.acquire();
        try {
            int status = api.memory().seqCp(id, source, target, whole ? -1 : from, whole ? -1 : to);
            handle.check(status, "copying a sequence");
            if (source != target) {
                cuts[target].add(whole ? 0 : from);
            }
        } finally {
            handle.release();
        }
    }

    /**
     * Removes all sequences but one.
     *
     * @param sequence the sequence to keep
     */
    public void keep(int sequence) {
        requireMemory("keep");
        checkSequence(sequence);
        long id = handle.acquire();
        try {
            handle.check(api.memory().seqKeep(id, sequence), "keeping a sequence");
            cutOthers(sequence);
        } finally {
            handle.release();
        }
    }

    /**
     * Moves a range of positions, for example back over a gap that {@link #remove} left. Tokens that would get a
     * negative position are removed.
     *
     * @param sequence the sequence
     * @param from the first position, negative for the start
     * @param to the position after the last, negative for the end
     * @param delta what is added to each position
     * @throws UnsupportedOperationException when {@link #canShift()} is false
     */
    public void shift(int sequence, int from, int to, int delta) {
        requireShift("shift");
        checkSequence(sequence);
        long id = handle.acquire();
        try {
            handle.check(api.memory().seqAdd(id, sequence, from, to, delta), "shifting positions");
            cuts[sequence].add(Math.max(0, from));
        } finally {
            handle.release();
        }
    }

    /**
     * Divides a range of positions by a number, which squeezes a long text into fewer positions (self-extend).
     *
     * @param sequence the sequence
     * @param from the first position, negative for the start
     * @param to the position after the last, negative for the end
     * @param divisor 1 or more
     * @throws UnsupportedOperationException when {@link #canShift()} is false
     */
    public void divide(int sequence, int from, int to, int divisor) {
        requireShift("divide");
        checkSequence(sequence);
        if (divisor < 1) {
            throw new IllegalArgumentException("divisor is " + divisor + "; it must be 1 or more");
        }
        long id = handle.acquire();
        try {
            handle.check(api.memory().seqDiv(id, sequence, from, to, divisor), "dividing positions");
            cuts[sequence].add(Math.max(0, from));
        } finally {
            handle.release();
        }
    }

    /**
     * The smallest position that a sequence holds.
     *
     * @param sequence the sequence
     * @return the position, -1 when the sequence is empty
     */
    public int minPosition(int sequence) {
        return range(sequence, true);
    }

    /**
     * The largest position that a sequence holds.
     *
     * @param sequence the sequence
     * @return the position, -1 when the sequence is empty
     */
    public int maxPosition(int sequence) {
        return range(sequence, false);
    }

    /**
     * Whether positions can be changed by {@link #shift} and {@link #divide}.
     *
     * @return as the model, the kind of memory and the type of its keys say: BF16 cannot be moved, quantized types
     * only where
     *     a head has a multiple of 64 values
     */
    public boolean canShift() {
        return canShift;
    }

    private int range(int sequence, boolean smallestWanted) {
        checkSequence(sequence);
        if (!hasMemory) {
            return -1;
        }
        long id = handle.acquire();
        try {
            handle.check(api.memory().seqRange(id, sequence, smallest, largest), "reading positions");
            return smallestWanted ? smallest[0] : largest[0];
        } finally {
            handle.release();
        }
    }

    private void requireMemory(String operation) {
        if (!hasMemory) {
            throw new UnsupportedOperationException(handle.name()
                    + " has no KV cache, because its model is an encoder; " + operation + " makes no sense");
        }
    }

    private void requireShift(String operation) {
        requireMemory(operation);
        if (!canShift) {
            throw new UnsupportedOperationException(handle.name() + " cannot " + operation
                    + " positions with this model and keys of this type; take KvCacheOptions.keyType F16 if it is another, or"
                    + " clear the sequence and decode its tokens again");
        }
    }

    private void checkSequence(int sequence) {
        if (sequence < 0 || sequence >= maxSequences) {
            throw unknownSequence(sequence, maxSequences);
        }
    }

    static IllegalArgumentException unknownSequence(int sequence, int maxSequences) {
        return new IllegalArgumentException(
                "sequence " + sequence + " does not exist; the context has the sequences 0 to " + (maxSequences - 1)
                        + ", raise ContextOptions.maxSequences for more");
    }
}
