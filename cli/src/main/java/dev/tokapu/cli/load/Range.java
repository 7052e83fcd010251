package dev.tokapu.cli.load;

import java.util.SplittableRandom;

/**
 * A number of tokens: always the same, or drawn between two bounds.
 *
 * @param from the least
 * @param to the most
 * @param skewed whether most are short, as in people's conversations: the logarithm is drawn from a normal distribution around the
 *     middle, and five of its standard deviations lie between the bounds. Otherwise all are equally likely.
 */
public record Range(int from, int to, boolean skewed) {

    private static final double DEVIATIONS = 5;

    public Range {
        if (from < 1 || to < from) {
            throw new IllegalArgumentException(
                    "'" + from + "-" + to + "' is no range: at least 1, and the second number not below the first");
        }
    }

    /**
     * Equally likely numbers.
     *
     * @param from the least
     * @param to the most
     */
    public Range(int from, int to) {
        this(from, to, false);
    }

    /**
     * Reads "512", "256-512", or "20~2000" of which most are short.
     *
     * @param text one number, or two with a hyphen or a tilde between them
     */
    public static Range parse(String text) {
        boolean skewed = text.indexOf('~') >= 0;
        String[] ends = text.split(skewed ? "~" : "-", -1);
        try {
            int from = Integer.parseInt(ends[0]);
            if (ends.length <= 2) {
                return new Range(from, ends.length == 1 ? from : Integer.parseInt(ends[1]), skewed);
            }
        } catch (NumberFormatException notANumber) {
            // The same answer as for too many hyphens.
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no range: give one number, or two as in 256-512 or 20~2000");
    }

    int draw(SplittableRandom random) {
        if (!skewed) {
            return random.nextInt(from, to + 1);
        }
        double low = Math.log(from);
        double high = Math.log(to);
        double drawn =
                Math.exp(random.nextGaussian((low + high) / 2, Math.max(Double.MIN_VALUE, (high - low) / DEVIATIONS)));
        return (int) Math.max(from, Math.min(to, Math.round(drawn)));
    }

    @Override
    public String toString() {
        return from == to ? Integer.toString(from) : from + (skewed ? "~" : "-") + to;
    }
}
