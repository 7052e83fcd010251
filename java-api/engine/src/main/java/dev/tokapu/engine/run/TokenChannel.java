package dev.tokapu.engine.run;

import dev.tokapu.text.FinishReason;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one answer on their way from the engine's thread to the one that makes text of them, and when they were chosen.
 *
 * <p>Thread safety: one thread writes, any may read what is published. Times are those of {@link System#nanoTime()}, 0 for what has not
 * happened.
 */
public final class TokenChannel {

    /**
     * Why there will be no more tokens.
     *
     * @param reason null when it failed
     * @param failure null when it did not
     */
    public record Ending(
            @Nullable FinishReason reason, @Nullable Throwable failure) {}

    private int[] tokens = new int[64];
    private final Queue<float[]> logits =
            new ConcurrentLinkedQueue<>(); // of tokens that were not read yet: they are large
    private volatile Runnable listener = () -> {};
    private volatile boolean keepsLogits;
    private volatile int published;
    private volatile long admittedAt;
    private volatile long promptedAt;
    private volatile long firstToken;
    private volatile long latestToken;
    private volatile int chosen;
    private volatile int cached;
    private volatile int prefilled;
    private volatile long prefilledAt;
    private volatile int drafted;
    private volatile int accepted;
    private volatile @Nullable Ending ending;

    /**
     * Creates it.
     *
     * @param keepsLogits whether each {@link #add} comes with the logits that the token was chosen from
     */
    public TokenChannel(boolean keepsLogits) {
        this.keepsLogits = keepsLogits;
    }

    boolean keepsLogits() {
        return keepsLogits;
    }

    /** Reader: is run on the writer's thread whenever there is something new. */
    public void onChange(Runnable action) {
        listener = action;
    }

    /** Any thread: there is something new. */
    public void signal() {
        listener.run();
    }

    /** Writer: so many tokens of the prompt were in the KV cache. */
    public void cached(int tokens) {
        cached = tokens;
    }

    /** Writer: so many tokens of the prompt are in the KV cache; fewer than before after a preemption, which are not told. */
    public void prefilled(int tokens, long now) {
        if (tokens > prefilled || prefilledAt == 0) {
            prefilledAt = now;
            prefilled = tokens;
            signal();
        }
    }

    /** How many tokens of the prompt are in the KV cache. */
    public int prefilled() {
        return prefilled;
    }

    /** Since when; to be read after {@link #prefilled()}. */
    public long prefilledAt() {
        return prefilledAt;
    }

    /** How many tokens of the prompt were in the KV cache. */
    public int cached() {
        return cached;
    }

    /** Writer: the answer got its slot. */
    void admitted(long now) {
        if (admittedAt == 0) {
            admittedAt = now; // not when it is admitted again after a preemption
        }
    }

    /** Writer: all of the prompt was computed, and no token is chosen. */
    void prompted(long now) {
        promptedAt = now;
    }

    /** Writer: a token was chosen, also one that ends the answer and is not added. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void chosen(long now) {
        if (firstToken == 0) {
            firstToken = now;
            promptedAt = now;
        }
        latestToken = now;
        chosen++;
    }

    /** Writer: so many drafts were computed and were right. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void speculated(int proposed, int right) {
        drafted += proposed;
        accepted += right;
    }

    /** Writer: a further token, with the logits that it was chosen from if they are kept. */
    void add(int token, float @Nullable [] row) {
        int index = published;
        if (index == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * index);
        }
        tokens[index] = token;
        if (row != null && keepsLogits) {
            logits.add(row);
        }
        published = index + 1;
    }

    /** Writer: the end; later ones mean nothing. */
    public void end(Ending how) {
        if (ending == null) {
            ending = how;
        }
    }

    public int published() {
        return published;
    }

    public long admittedAt() {
        return admittedAt;
    }

    /** When all of the prompt had been computed; 0 before. */
    public long promptedAt() {
        return promptedAt;
    }

    public long firstToken() {
        return firstToken;
    }

    public long latestToken() {
        return latestToken;
    }

    /** How many tokens were chosen. */
    public int chosen() {
        return chosen;
    }

    /** How many tokens were drafted. */
    public int drafted() {
        return drafted;
    }

    /** How many of these were right. */
    public int accepted() {
        return accepted;
    }

    /** To be read before {@link #published()}: all tokens are there then. */
    @Nullable
    public Ending ending() {
        return ending;
    }

    public int token(int index) {
        return tokens[index];
    }

    /** Reader: the logits of the next token, if they are kept. */
    public float @Nullable [] takeLogits() {
        return logits.poll();
    }

    /** Reader: it will take no more of them. */
    public void dropLogits() {
        keepsLogits = false;
        logits.clear();
    }
}
