package dev.tokapu.cli.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The requests of a load, the same for the same seed: prompts of random tokens, alone or behind the beginning that the prompts of a
 * group have in common.
 *
 * @param input tokens of a prompt, without its group's beginning
 * @param output tokens of an answer
 * @param groups groups with a common beginning; 0 for none
 * @param prefix tokens of that beginning; 0 for none
 * @param vocabulary token ids that are drawn from: leave out control tokens
 * @param seed of all random numbers
 */
public record Workload(Range input, Range output, int groups, int prefix, Range vocabulary, long seed) {

    public Workload {
        if (groups < 0 || prefix < 0 || (groups == 0) != (prefix == 0)) {
            throw new IllegalArgumentException("there are " + groups + " groups with a prefix of " + prefix
                    + " tokens: both must be 0, or both more");
        }
    }

    /** {@return prompts that have nothing in common} */
    public static Workload random(Range input, Range output, Range vocabulary, long seed) {
        return new Workload(input, output, 0, 0, vocabulary, seed);
    }

    /** {@return the most tokens that a request takes in a cache} */
    public int largest() {
        return prefix + input.to() + output.to();
    }

    /**
     * Makes requests.
     *
     * @param count how many
     * @param salt draws other requests of the same kind: those of the warm-up must not be those that are measured. The
     *     beginnings of the groups remain.
     */
    public List<LoadRequest> requests(int count, int salt) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] prefixes = new int[groups][];
        for (int i = 0; i < groups; i++) {
            prefixes[i] = tokens(random, prefix);
        }
        random = new SplittableRandom(seed * 31 + salt);
        List<LoadRequest> requests = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int[] prompt = tokens(random, input.draw(random));
            if (groups > 0) {
                prompt = joined(prefixes[random.nextInt(groups)], prompt);
            }
            requests.add(new LoadRequest(i, prompt, output.draw(random)));
        }
        return requests;
    }

    private int[] tokens(SplittableRandom random, int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = vocabulary.draw(random);
        }
        return tokens;
    }

    private static int[] joined(int[] first, int[] second) {
        int[] both = new int[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
