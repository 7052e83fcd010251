package dev.tokapu.internal.text;

import dev.tokapu.Context;
import dev.tokapu.KvCache;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.util.Overflow;
import dev.tokapu.text.ContextShift;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Room in sequence 0 of a context for one more token, made by a {@link ContextShift}.
 *
 * <p>Thread safety: confined.
 */
public final class ContextShifter {

    static final String FORGET = "let a contextShift forget its oldest part";

    private static final int SEQUENCE = 0;

    private final Context context;
    private final ContextShift shift;
    private final IntSupplier kept;
    private final int size;

    /**
     * Creates one.
     *
     * @param context the context
     * @param shift what to forget when it is full
     * @param kept tokens at the beginning that should stay, asked when the context is full
     * @throws UnsupportedOperationException when the strategy forgets something, and the memory of the context cannot
     */
    public ContextShifter(Context context, ContextShift shift, IntSupplier kept) {
        this.context = context;
        this.shift = shift;
        this.kept = kept;
        this.size = context.info().sequenceContextSize();
        if (!context.kvCache().canShift()
                && shift.choose(new ContextShift.Situation(size, size, 0)).isPresent()) {
            throw new UnsupportedOperationException("the memory of " + context.model()
                    + " cannot forget a part of a text, because the positions of its keys cannot be moved; take"
                    + " ContextShift.none(), or, where KvCacheOptions.keyType is BF16 or quantized, F16 for it");
        }
    }

    /**
     * Leaves out of a prompt what the strategy forgets, until it fits.
     *
     * @param prompt the tokens
     * @return the same when it fits
     * @throws ContextOverflowException when it does not fit, and nothing is to be forgotten
     */
    public int[] shorten(int[] prompt) {
        int[] shorter = prompt;
        while (shorter.length > size) {
            int length = shorter.length;
            ContextShift.Range range = choose(length)
                    .orElseThrow(() -> Overflow.of(
                            prompt.length,
                            context.info().sequenceContextSize(),
                            context.info().contextSize(),
                            FORGET));
            int[] rest = Arrays.copyOf(shorter, length - range.length());
            System.arraycopy(shorter, range.to(), rest, range.from(), length - range.to());
            shorter = rest;
        }
        return shorter;
    }

    /**
     * Makes room for a token. llama.cpp's tools shift one token before the last place is taken; so does this, for the same text.
     *
     * @param cached the tokens of the sequence; those that are forgotten are taken out
     * @return whether there is room
     * @throws UnsupportedOperationException when something is to be forgotten, and the memory of this model cannot
     */
    boolean make(SequenceTokens cached) {
        int length = cached.size();
        if (length + 1 < size) {
            return true;
        }
        Optional<ContextShift.Range> range = choose(length);
        if (range.isEmpty()) {
            return length < size;
        }
        int from = range.get().from();
        int to = range.get().to();
        KvCache kvCache = context.kvCache();
        if (!kvCache.canShift() || !kvCache.remove(SEQUENCE, from, to)) {
            throw new UnsupportedOperationException("the context is full, and the memory of " + context.model()
                    + " cannot forget tokens " + from + " to " + to + " of " + length
                    + "; raise ContextOptions.contextSize, or take ContextShift.none()");
        }
        kvCache.shift(SEQUENCE, to, -1, from - to);
        cached.remove(from, to);
        return true;
    }

    private Optional<ContextShift.Range> choose(int length) {
        return choose(shift, new ContextShift.Situation(length, size, kept.getAsInt()));
    }

    /**
     * Asks a strategy.
     *
     * @param shift the strategy
     * @param situation a text that fills the context or is longer
     * @return what it forgets
     * @throws IllegalStateException when it would forget what is not there, or all
     */
    public static Optional<ContextShift.Range> choose(ContextShift shift, ContextShift.Situation situation) {
        int length = situation.length();
        Optional<ContextShift.Range> range = shift.choose(situation);
        range.filter(r -> r.to() > length || r.length() >= length).ifPresent(r -> {
            throw new IllegalStateException("the ContextShift wants to forget tokens " + r.from() + " to " + r.to()
                    + " of " + length + "; at least one must stay");
        });
        return range;
    }
}
