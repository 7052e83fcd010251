package dev.tokapu;

import dev.tokapu.exception.PartialRemovalException;
import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.natives.NativeState;

/**
 * One sequence of a {@link Context}: tokens that grow by decoding and can be forked, truncated, saved and cleared.
 *
 * <p>It is a view of the {@link KvCache} for one id, made by {@link #of}: it holds nothing, needs no closing, and
 * two views of one id are equal. Decode into it with its {@link #id()} and {@link #length()}:
 * {@code new Batch(1).add(token, sequence.length(), sequence.id(), true)}. What it has no method for, such as shifting
 * positions, is in {@link KvCache}.
 *
 * <p>A sequence that was forked, shortened or restored goes on with the logits that a fresh run over its tokens gives.
 *
 * <p>Thread safety: confined to one thread at a time together with its context; a second one gets an
 * {@link IllegalStateException}.
 *
 * @since 0.1
 */
public final class Sequence {

    private final Context context;
    private final KvCache kvCache;
    private final int id;

    /**
     * The view of a sequence, whether it is empty or not.
     *
     * @param context the context that holds it
     * @param id from 0 to {@link ContextInfo#maxSequences()} - 1
     * @return the view
     * @throws IllegalArgumentException when the context has no such sequence
     */
    public static Sequence of(Context context, int id) {
        if (id < 0 || id >= context.info().maxSequences()) {
            throw KvCache.unknownSequence(id, context.info().maxSequences());
        }
        return new Sequence(context, id);
    }

    private Sequence(Context context, int id) {
        this.context = context;
        this.kvCache = context.kvCache();
        this.id = id;
    }

    /** {@return the context that holds it} */
    public Context context() {
        return context;
    }

    /** {@return the sequence id, from 0, for {@link Batch#add(int, int, int, boolean)} and {@link KvCache}} */
    public int id() {
        return id;
    }

    /** {@return the position of the next token: the number of tokens, unless positions were shifted or divided} */
    public int length() {
        return kvCache.maxPosition(id) + 1;
    }

    /** {@return whether it has no tokens} */
    public boolean isEmpty() {
        return length() == 0;
    }

    /** Clears it. Its id is then free for a {@link #fork()}. */
    public void clear() {
        kvCache.remove(id, -1, -1);
    }

    /** Clears all other sequences of the context. */
    public void keep() {
        kvCache.keep(id);
    }

    /**
     * Forks this sequence into the lowest empty one of the context; from then on they change independently. With a
     * unified KV cache ({@link KvCacheOptions#unified()}) nothing is copied, otherwise all of it is.
     *
     * @return the other sequence
     * @throws IllegalStateException when this sequence is empty, or no other is
     */
    public Sequence fork() {
        if (isEmpty()) {
            throw new IllegalStateException(this + " is empty, there is nothing to fork; decode tokens into it first");
        }
        for (int target = 0; target < context.info().maxSequences(); target++) {
            if (kvCache.maxPosition(target) < 0) {
                kvCache.copy(id, target, -1, -1);
                return new Sequence(context, target);
            }
        }
        throw new IllegalStateException("all " + context.info().maxSequences() + " sequences of " + context
                + " are in use; clear one, or raise ContextOptions.maxSequences");
    }

    /**
     * Replaces the content of another sequence of the same context by that of this one.
     *
     * @param target the other sequence
     * @throws IllegalArgumentException when it belongs to another context
     */
    public void copyTo(Sequence target) {
        if (target.context != context) {
            throw new IllegalArgumentException(
                    target + " belongs to another context; take state() here and restore it there");
        }
        kvCache.copy(id, target.id, -1, -1);
    }

    /**
     * Truncates the sequence. What is decoded then gives the same results as if the removed tokens had never been there.
     *
     * <p>A plain KV cache can always do that. A sliding window can as far as its tokens reach back. Recurrent and
     * hybrid models can
     * as far as {@link ContextOptions#recurrentSnapshots()} allows, within the last batch and once after it; take a
     * {@link #checkpoint()} there.
     *
     * @param position how many positions stay: from 0 to {@link #length()}
     * @throws PartialRemovalException when the memory of this model cannot go back to that position; nothing has changed
     */
    public void truncate(int position) {
        int length = length();
        if (position < 0 || position > length) {
            throw new IllegalArgumentException("position is " + position + "; " + this + " has 0 to " + length);
        }
        if (position == length) {
            return;
        }
        if (position > 0 && !hasWindowBefore(position)) {
            throw refused(
                    position, "its sliding window has forgotten what stood before", ", or set KvCacheOptions.swaFull");
        }
        if (!kvCache.remove(id, position, -1)) {
            throw refused(position, "the memory of this model keeps the last state only", "");
        }
    }

    /** A sliding window must reach back from the position as far as it would in a fresh run. */
    private boolean hasWindowBefore(int position) {
        int window = context.model().info().slidingWindow();
        return window == 0
                || context.options().kvCache().swaFull()
                || kvCache.minPosition(id) <= Math.max(0, position - window + 1);
    }

    private PartialRemovalException refused(int position, String reason, String otherwise) {
        return new PartialRemovalException(this + " cannot be shortened to position " + position + ": " + reason
                + "; take a checkpoint() before it grows, or clear it and decode its tokens again" + otherwise);
    }

    /**
     * Marks this position, for a rollback with {@link #restore(Checkpoint)}.
     *
     * @return the checkpoint, to be closed by the caller
     */
    public Checkpoint checkpoint() {
        int position = length();
        NativeState state = position > 0 && !context.options().truncatesExactly(context.model())
                ? NativeState.take(NativeHandles.of(context), id, true)
                : null;
        return new Checkpoint(this, position, kvCache.cuts(id).now(), state);
    }

    /**
     * Rolls back to a checkpoint of this sequence; any number of times.
     *
     * @param checkpoint the checkpoint
     * @throws IllegalArgumentException when it belongs to another sequence
     * @throws IllegalStateException when the sequence was cleared, shortened below the checkpoint, replaced or shifted
     * meanwhile, so that what the
     *     checkpoint stands on is gone; nothing has changed
     */
    public void restore(Checkpoint checkpoint) {
        if (!checkpoint.sequence().equals(this)) {
            throw new IllegalArgumentException(
                    checkpoint + " does not belong to " + this + "; use state() to go from one to another");
        }
        int position = checkpoint.position();
        int changed = kvCache.cuts(id).deepestSince(checkpoint.moment());
        if (changed < position) {
            throw new IllegalStateException(this + " changed at position " + changed + " since the checkpoint at "
                    + position + "; take state() to be able to go back from anywhere");
        }
        if (position == 0) {
            clear();
            return;
        }
        NativeState state = checkpoint.state();
        if (state != null) {
            state.restore(NativeHandles.of(context), id, true);
        }
        if (!kvCache.remove(id, position, -1)) {
            clear();
            throw new SequenceStateException(
                    this + " could not be taken back to position " + position + " and is empty now");
        }
    }

    /**
     * Copies the state of the sequence, for later or for another context.
     *
     * @param tokens what to keep with it, usually the tokens that were decoded into the sequence; may be empty
     * @return the state, to be closed by the caller
     */
    public SequenceState state(int... tokens) {
        return state(context.adapters(), tokens);
    }

    /**
     * Copies the state of a sequence that was computed with other adapters than the context has now.
     *
     * @param adapters what it was computed with
     * @param tokens as {@link #state(int...)} has them
     * @return the state, to be closed by the caller
     */
    public SequenceState state(LoraSet adapters, int... tokens) {
        return SequenceState.take(context, adapters, id, length(), tokens);
    }

    /**
     * Replaces the content of the sequence by a saved state.
     *
     * @param state the state, of this or another sequence
     * @throws SequenceStateException when it does not fit this context, and the message says why; the sequence is as
     * before, or
     *     empty when the state turned out to be damaged or there was no room
     */
    public void restore(SequenceState state) {
        kvCache.cuts(id).add(0);
        state.restore(context, context.adapters(), id);
    }

    /**
     * Begins to copy the state of the sequence, part by part; as {@link #state(int...)} where that must not take long at a time.
     *
     * @param tokens as {@link #state(int...)} has them
     * @return the copy, to be closed by the caller
     */
    public StateCopy beginState(int... tokens) {
        return beginState(context.adapters(), tokens);
    }

    /**
     * Begins to copy the state of the sequence, as {@link #state(LoraSet, int...)} does.
     *
     * @param adapters what it was computed with
     * @param tokens as {@link #state(int...)} has them
     * @return the copy, to be closed by the caller
     */
    public StateCopy beginState(LoraSet adapters, int... tokens) {
        return SequenceState.beginTaking(context, adapters, id, length(), tokens);
    }

    /**
     * Begins to replace the content of the sequence by a saved state, part by part.
     *
     * @param state the state, which may be closed meanwhile
     * @return the copy, to be closed by the caller
     * @throws SequenceStateException as {@link #restore(SequenceState)} does
     */
    public StateCopy beginRestore(SequenceState state) {
        return beginRestore(context.adapters(), state);
    }

    /**
     * Begins to replace the content of the sequence, where the context has other adapters now.
     *
     * @param adapters what it will go on with
     * @param state the state, which may be closed meanwhile
     * @return the copy, to be closed by the caller
     * @throws SequenceStateException as {@link #restore(SequenceState)} does
     */
    public StateCopy beginRestore(LoraSet adapters, SequenceState state) {
        kvCache.cuts(id).add(0);
        return state.beginRestore(context, adapters, id);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sequence that && that.context == context && that.id == id;
    }

    @Override
    public int hashCode() {
        return 31 * System.identityHashCode(context) + id;
    }

    @Override
    public String toString() {
        return "sequence " + id + " of " + context;
    }
}
