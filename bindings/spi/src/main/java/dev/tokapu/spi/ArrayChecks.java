package dev.tokapu.spi;

import org.jspecify.annotations.Nullable;

/**
 * The checks that {@code tokapu.h} cannot do: whether a Java array holds as many elements as C is told that it does. Both
 * bindings call them before the downcall.
 *
 * <p>Thread safety: safe, no state.
 *
 * @since 0.1
 */
public final class ArrayChecks {

    private ArrayChecks() {}

    /**
     * Requires elements.
     *
     * @param length the length of the array
     * @param needed how many C will read; negative counts are left for C to refuse
     * @param name the parameter, for the message
     * @throws IndexOutOfBoundsException when there are fewer
     */
    public static void atLeast(int length, long needed, String name) {
        if (length < needed) {
            throw new IndexOutOfBoundsException(name + " has " + length + " elements, " + needed + " are needed");
        }
    }

    /**
     * Requires room for an out-parameter.
     *
     * @param array the array whose element 0 C will write
     * @return the array
     * @throws IndexOutOfBoundsException when it is empty
     */
    public static int[] out(int[] array) {
        atLeast(array.length, 1, "an out-parameter");
        return array;
    }

    /**
     * Requires room for an out-parameter.
     *
     * @param array the array whose element 0 C will write
     * @return the array
     * @throws IndexOutOfBoundsException when it is empty
     */
    public static long[] out(long[] array) {
        atLeast(array.length, 1, "an out-parameter");
        return array;
    }

    /**
     * Requires room for an out-parameter.
     *
     * @param array the array whose element 0 C will write
     * @return the array
     * @throws IndexOutOfBoundsException when it is empty
     */
    public static float[] out(float[] array) {
        atLeast(array.length, 1, "an out-parameter");
        return array;
    }

    /**
     * Requires NUL-terminated texts.
     *
     * @param texts consecutive texts, each with its NUL
     * @param count how many C will read
     * @param name the parameter, for the message
     * @throws IndexOutOfBoundsException when there are fewer
     */
    public static void texts(byte[] texts, long count, String name) {
        long found = 0;
        for (int i = 0; i < texts.length && found < count; i++) {
            if (texts[i] == 0) {
                found++;
            }
        }
        if (found < count) {
            throw new IndexOutOfBoundsException(
                    name + " holds " + found + " NUL-terminated texts, " + count + " are needed");
        }
    }

    /**
     * Requires the elements of several lists that lie one after the other.
     *
     * @param length the length of the array that holds them
     * @param lengths the length of each list; C refuses lengths below 1
     * @param n how many lists C will read
     * @param name the parameter, for the message
     * @throws IndexOutOfBoundsException when there are fewer
     */
    public static void lists(int length, int[] lengths, int n, String name) {
        atLeast(lengths.length, n, name + " (their lengths)");
        long total = 0;
        for (int i = 0; i < n; i++) {
            total += Math.max(0, lengths[i]);
        }
        atLeast(length, total, name);
    }

    /**
     * Requires arrays of candidates and their state.
     *
     * @param tokens as in {@link SamplerApi#candidates}
     * @param logits as there
     * @param probabilities as there
     * @param state as there
     * @return how many candidates fit
     * @throws IndexOutOfBoundsException when the state is too short
     */
    public static int candidates(int[] tokens, float[] logits, float[] probabilities, int[] state) {
        atLeast(state.length, CandidatesKey.COUNT, "state");
        return Math.min(tokens.length, Math.min(logits.length, probabilities.length));
    }

    /**
     * Checks the arrays of {@link SamplerApi#sampleMany}.
     *
     * @param n the number of chains; the library refuses one that is not positive
     * @param samplers as there
     * @param indices as there
     * @param tokens as there
     * @param statuses as there
     * @throws IndexOutOfBoundsException when an array is too short
     */
    public static void many(int n, long[] samplers, int[] indices, int[] tokens, int[] statuses) {
        atLeast(samplers.length, n, "samplers");
        atLeast(indices.length, n, "indices");
        atLeast(tokens.length, n, "tokens");
        atLeast(statuses.length, n, "statuses");
    }

    /**
     * Checks the arrays of {@link ContextApi#decode} and {@link ContextApi#encode}, except the width of the embeddings, which
     * only the model knows.
     *
     * @param n the number of tokens
     * @param tokens as in decode
     * @param positions as in decode
     * @param nSeqIds as in decode
     * @param seqIds as in decode
     * @param outputs as in decode
     * @return how many sequence ids C will read
     * @throws IndexOutOfBoundsException when an array is too short
     */
    public static int batch(
            int n,
            int @Nullable [] tokens,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs) {
        if (tokens != null) {
            atLeast(tokens.length, n, "tokens");
        }
        if (positions != null) {
            atLeast(positions.length, n, "positions");
        }
        if (outputs != null) {
            atLeast(outputs.length, n, "outputs");
        }
        if (nSeqIds == null) {
            return 0;
        }
        atLeast(nSeqIds.length, n, "nSeqIds");
        long total = 0;
        for (int i = 0; i < n; i++) {
            total += Math.max(0, nSeqIds[i]);
        }
        if (seqIds != null) {
            atLeast(seqIds.length, total, "seqIds");
            return (int) total;
        }
        return 0;
    }
}
