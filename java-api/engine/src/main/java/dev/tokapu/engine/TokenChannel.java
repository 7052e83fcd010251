package dev.tokapu.engine;

import dev.tokapu.text.FinishReason;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one answer on their way from the thread that decodes to the one that makes text of them.
 *
 * <p>Thread safety: one thread writes, any may read what is published.
 */
final class TokenChannel {

    /**
     * Why there will be no more tokens.
     *
     * @param reason null when it failed
     * @param failure null when it did not
     */
    record Ending(@Nullable FinishReason reason, @Nullable Throwable failure) {}

    private int[] tokens = new int[64];
    private final Queue<float[]> logits =
            new ConcurrentLinkedQueue<>(); // of tokens that were not read yet: they are large
    private volatile boolean keepsLogits;
    private volatile int published;
    private volatile @Nullable Ending ending;

    /** For a feed that carries logits: the next {@link #add} must come with them. */
    void keepLogits() {
        keepsLogits = true;
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
    void end(Ending how) {
        if (ending == null) {
            ending = how;
        }
    }

    int published() {
        return published;
    }

    /** To be read before {@link #published()}: all tokens are there then. */
    @Nullable
    Ending ending() {
        return ending;
    }

    int token(int index) {
        return tokens[index];
    }

    /** Reader: the logits of the next token, if they are kept. */
    float @Nullable [] takeLogits() {
        return logits.poll();
    }

    /** Reader: it will take no more of them. */
    void dropLogits() {
        keepsLogits = false;
        logits.clear();
    }
}
