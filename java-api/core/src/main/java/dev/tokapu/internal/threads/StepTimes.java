package dev.tokapu.internal.threads;

import java.util.Arrays;

/**
 * What steps take with the present number of threads, by their shape: tokens, outputs and length of the context, each as a power
 * of two with one step between. So times of steps that are unlike can be compared, as multiples of what was expected.
 *
 * <p>Thread safety: confined.
 */
final class StepTimes {

    private static final int SHAPE_BITS = 9;
    private static final int SHAPES = 1 << SHAPE_BITS; // a further one takes the place of another
    private static final int ANY = 0xffff; // outputs and lengths
    private static final int KNOWN = 3; // steps
    private static final double SLOWEST_LEARNING = 1.0 / 32;
    private static final double OUTLIER = 4; // times the expected
    private static final int SHORT_CONTEXT = 128; // tokens, whose attention costs next to nothing

    private final int[] shapes = new int[SHAPES];
    private final int[] steps = new int[SHAPES];
    private final double[] nanosPerToken = new double[SHAPES];

    /** Nanoseconds that such a step takes, or one with as many tokens; 0 as long as that is not known. */
    double expected(int tokens, int outputs, long context) {
        int exact = place(shape(tokens, outputs, context));
        int place = steps[exact] < KNOWN ? place(alike(tokens)) : exact;
        return steps[place] < KNOWN ? 0 : nanosPerToken[place] * tokens;
    }

    /** Such a step took so long, with the present number of threads. */
    void learn(int tokens, int outputs, long context, double nanos) {
        learn(place(shape(tokens, outputs, context)), nanos / tokens);
        learn(place(alike(tokens)), nanos / tokens);
    }

    private static int shape(int tokens, int outputs, long context) {
        int length = (int) Math.min(Integer.MAX_VALUE, context / tokens / SHORT_CONTEXT);
        return (scale(tokens) << 16) | (scale(outputs) << 8) | scale(length);
    }

    private static int alike(int tokens) {
        return (scale(tokens) << 16) | ANY;
    }

    private int place(int shape) {
        int place = (shape * 0x9E3779B9) >>> (Integer.SIZE - SHAPE_BITS);
        if (shapes[place] != shape) {
            shapes[place] = shape;
            steps[place] = 0;
            nanosPerToken[place] = 0;
        }
        return place;
    }

    /** Numbers up to 4 as they are, larger ones by powers of two and what lies in the middle between them. */
    static int scale(int value) {
        if (value < 2) {
            return value;
        }
        int log = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(value);
        return 2 * log + ((value >>> (log - 1)) & 1);
    }

    private void learn(int place, double nanos) {
        double measured = steps[place] < KNOWN ? nanos : Math.min(nanos, OUTLIER * nanosPerToken[place]);
        steps[place]++;
        double weight = Math.max(1.0 / steps[place], SLOWEST_LEARNING);
        nanosPerToken[place] += weight * (measured - nanosPerToken[place]);
    }

    /** Nothing is known any more. */
    void forget() {
        Arrays.fill(steps, 0);
    }

    /** All steps take so many times as long as before. */
    void scale(double factor) {
        for (int i = 0; i < SHAPES; i++) {
            nanosPerToken[i] *= factor;
        }
    }
}
