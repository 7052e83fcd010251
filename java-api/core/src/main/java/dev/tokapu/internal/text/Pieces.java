package dev.tokapu.internal.text;

import dev.tokapu.Vocab;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What tokens look like. */
@FunctionalInterface
public interface Pieces {

    /** The bytes that a token adds to a text, and how many they are; when more than {@code dst} holds, nothing was written. */
    int piece(int token, byte[] dst);

    /** The text of a token by itself, control tokens included where there are some. */
    default String text(int token) {
        byte[] bytes = new byte[piece(token, new byte[0])];
        piece(token, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Those of a vocabulary, in which some control tokens are shown. */
    static Pieces of(Vocab vocab, int... shown) {
        int[] sorted = shown.clone();
        Arrays.sort(sorted);
        return new Pieces() {
            @Override
            public int piece(int token, byte[] dst) {
                return vocab.piece(token, sorted.length > 0 && Arrays.binarySearch(sorted, token) >= 0, dst);
            }

            @Override
            public String text(int token) {
                return new String(vocab.piece(token, true), StandardCharsets.UTF_8);
            }
        };
    }
}
