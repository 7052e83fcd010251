package dev.tokapu.cli.load;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What makes an answer a good one: the times that it may take at most, in nanoseconds. Goodput is the rate of good answers.
 *
 * @param ttft to the first token
 * @param tpot per token after the first, on average
 * @param e2el in all
 */
public record Goal(long ttft, long tpot, long e2el) {

    /** Every answer is good. */
    public static final Goal NONE = new Goal(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    /**
     * Reads "ttft:500,tpot:50,e2el:8000"; what is not named is not asked for.
     *
     * @param text names and milliseconds
     */
    public static Goal parse(String text) {
        long ttft = Long.MAX_VALUE;
        long tpot = Long.MAX_VALUE;
        long e2el = Long.MAX_VALUE;
        for (String part : text.split(",", -1)) {
            int colon = part.indexOf(':');
            String name = colon < 0 ? part : part.substring(0, colon).toLowerCase(Locale.ROOT);
            long limit = colon < 0 ? -1 : nanoseconds(part.substring(colon + 1), text);
            switch (name) {
                case "ttft" -> ttft = limit;
                case "tpot" -> tpot = limit;
                case "e2el" -> e2el = limit;
                default -> throw unknown(text);
            }
            if (limit <= 0) {
                throw unknown(text);
            }
        }
        return new Goal(ttft, tpot, e2el);
    }

    private static long nanoseconds(String milliseconds, String text) {
        try {
            return Math.round(Double.parseDouble(milliseconds) * TimeUnit.MILLISECONDS.toNanos(1));
        } catch (NumberFormatException notANumber) {
            throw unknown(text);
        }
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("'" + text
                + "' is no goal: give milliseconds above 0 for ttft, tpot or e2el, as in ttft:500,tpot:50,e2el:8000");
    }

    boolean met(long ttft, long tpot, long e2el) {
        return ttft <= this.ttft && tpot <= this.tpot && e2el <= this.e2el;
    }
}
