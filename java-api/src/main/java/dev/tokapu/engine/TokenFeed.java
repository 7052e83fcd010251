package dev.tokapu.engine;

import dev.tokapu.FinishReason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one answer on their way from the thread that decodes to the one that makes text of them.
 *
 * <p>Thread safety: one thread writes, any may read what is published.
 */
final class TokenFeed {

    /**
     * Why there will be no more tokens.
     *
     * @param reason null when it failed
     * @param failure null when it did not
     */
    record Ending(@Nullable FinishReason reason, @Nullable Throwable failure) {}

    private static final float[] TAKEN = {};

    private int[] tokens = new int[64];
    private float @Nullable [][] logits;
    private volatile int published;
    private volatile @Nullable Ending ending;

    /** For a feed that carries logits: the next {@link #add} must come with them. */
    void keepLogits() {
        logits = new float[tokens.length][];
    }

    /** Writer: a further token, with the logits that it was chosen from if they are kept. */
    void add(int token, float @Nullable [] row) {
        int index = published;
        if (index == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * index);
            if (logits != null) {
                logits = Arrays.copyOf(logits, 2 * index);
            }
        }
        tokens[index] = token;
        if (logits != null) {
            logits[index] = row == null ? TAKEN : row;
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

    /** The logits of a token, once. */
    float @Nullable [] takeLogits(int index) {
        float[][] kept = logits;
        if (kept == null) {
            return null;
        }
        float[] row = kept[index];
        kept[index] = TAKEN;
        return row;
    }
}
