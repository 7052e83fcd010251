package dev.tokapu.benchmarks.prefix;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Prompts of random tokens, which no tokenizer changes. */
final class Tokens {

    /** Token ids without control tokens, of all models. */
    private static final int FIRST = 1000;

    private static final int LAST = 20_000;

    private Tokens() {}

    static int[] random(SplittableRandom random, int count) {
        return random.ints(count, FIRST, LAST).toArray();
    }

    static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
