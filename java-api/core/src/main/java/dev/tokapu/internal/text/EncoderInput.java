package dev.tokapu.internal.text;

import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Pooling;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.util.Checks;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/** Checks what vectors are to be made of, and with what. */
public final class EncoderInput {

    private EncoderInput() {}

    /**
     * Requires texts that can be computed.
     *
     * @param texts the tokens of each
     * @param most how many a text may have
     * @param vocabSize how many tokens there are
     * @param remedy the option that allows longer texts
     */
    public static void check(List<int[]> texts, int most, int vocabSize, String remedy) {
        for (int i = 0; i < texts.size(); i++) {
            int[] tokens = texts.get(i);
            String place = texts.size() == 1 ? "the text" : "text " + (i + 1) + " of " + texts.size();
            if (tokens.length == 0) {
                throw new IllegalArgumentException(place + " has no tokens; give at least one character");
            }
            if (tokens.length > most) {
                throw new ContextOverflowException(
                        tokens.length,
                        most,
                        (texts.size() == 1 ? "" : "it is " + place + ": ") + "shorten it, or raise " + remedy);
            }
            for (int token : tokens) {
                Checks.token(token, vocabSize);
            }
        }
    }

    /** The numbers of texts, the longest first: so that those which are computed together are of about the same length. */
    public static int[] longestFirst(List<int[]> texts) {
        return IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> texts.get(i).length)
                        .reversed())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** What a call ends with whose thread was interrupted. */
    public static CancellationException interrupted() {
        return new CancellationException("the thread was interrupted; texts are left that have no vectors");
    }

    /** Requires that the context pools vectors, unless its options want one for each token. */
    public static void requirePooling(Context context) {
        ContextOptions options = context.options();
        if (context.info().pooling() == Pooling.NONE && options.pooling() != Pooling.NONE) {
            throw new IllegalArgumentException(context.model()
                    + " does not say how to make one vector of a text; set ContextOptions.pooling, for example to MEAN, or to"
                    + " NONE for a vector of each token");
        }
    }
}
