package dev.tokapu.cli.load;

import java.util.SplittableRandom;

/**
 * A number of tokens: always the same, or equally likely each between two bounds.
 *
 * @param from the least
 * @param to the most
 */
public record Range(int from, int to) {

    public Range {
        if (from < 1 || to < from) {
            throw new IllegalArgumentException(
                    "'" + from + "-" + to + "' is no range: at least 1, and the second number not below the first");
        }
    }

    /**
     * Reads "512" or "256-512".
     *
     * @param text one number, or two with a hyphen between them
     */
    public static Range parse(String text) {
        String[] ends = text.split("-", -1);
        try {
            int from = Integer.parseInt(ends[0]);
            if (ends.length <= 2) {
                return new Range(from, ends.length == 1 ? from : Integer.parseInt(ends[1]));
            }
        } catch (NumberFormatException notANumber) {
            // The same answer as for too many hyphens.
        }
        throw new IllegalArgumentException("'" + text + "' is no range: give one number, or two as in 256-512");
    }

    int draw(SplittableRandom random) {
        return random.nextInt(from, to + 1);
    }

    @Override
    public String toString() {
        return from == to ? Integer.toString(from) : from + "-" + to;
    }
}
