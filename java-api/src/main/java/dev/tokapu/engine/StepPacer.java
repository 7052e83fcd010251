package dev.tokapu.engine;

/**
 * Says how many prompt tokens a step may read beside those that generate, so that it takes about {@code maxStall} times as long
 * as a step that only generates; as many times longer as there are more prompts than generating sequences, since they wait too.
 *
 * <p>It learns from the steps themselves. Sizes are powers of two; for each the extra time that it took is kept. Time is not
 * proportional to tokens (reading the weights costs the same for 1 and for 16), so each size has its own figure; one that was
 * never tried is taken to cost a little more than the one below, and is tried once that fits. A slower step counts at once, a faster
 * one little by little, and what is not used fades slowly, so that one slow step does not ban a size for ever.
 *
 * <p>What a step without prompts takes is measured by making one, now and then and whenever the number of sequences is new.
 *
 * <p>Thread safety: confined.
 */
final class StepPacer {

    static final int SMALLEST = 8;

    private static final double WEIGHT = 0.2; // of a faster measurement
    private static final double URGENCY =
            0.5; // of a prompt that is read: two of them are worth one generating sequence
    private static final double UNTRIED = 1.2; // times what the size below costs
    private static final double EFFICIENCY = 0.85; // of the best size
    private static final double FADING = 0.9995; // of what was not used, a step
    private static final int SIZES = 20;
    private static final int MEASURED_FOR = 64; // steps

    private final double maxStall;
    private final double[] generating; // nanoseconds by number of sequences, 0: unknown
    private final int[] age; // steps with prompts since that was measured
    private final double[] extra = new double[SIZES]; // nanoseconds by size, 0: unknown

    private int asked; // sequences that generated when a step was asked for

    StepPacer(int maxSequences, double maxStall) {
        this.maxStall = maxStall;
        this.generating = new double[maxSequences + 1];
        this.age = new int[maxSequences + 1];
    }

    /**
     * Prompt tokens beside so many generating sequences while so many prompts are read; 0 asks for a step without. Prompts that fit
     * a step (shortTokens is what is left of them) are not cut into pieces that cost much more: one longer step is better for
     * all than many.
     */
    int promptTokens(int sequences, int prompts, int shortTokens, int most) {
        asked = sequences;
        if (sequences == 0) {
            return most;
        }
        if (generating[sequences] == 0 || age[sequences] >= MEASURED_FOR) {
            return 0;
        }
        double stall = maxStall * Math.max(1, prompts * URGENCY);
        double room = (stall - 1) * generating[sequences];
        int size = SMALLEST;
        for (int i = 1; i < SIZES && size < most && cost(i) <= room; i++) {
            size = SMALLEST << i;
        }
        return Math.min(Math.max(size, Math.min(efficient(), shortTokens)), most);
    }

    /** The smallest size whose tokens cost little more than those of the best one. */
    private int efficient() {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < SIZES; i++) {
            best = extra[i] > 0 ? Math.min(best, extra[i] / (SMALLEST << i)) : best;
        }
        int i = 0;
        while (i < SIZES - 1 && !(extra[i] > 0 && extra[i] / (SMALLEST << i) * EFFICIENCY <= best)) {
            i++;
        }
        return best == Double.MAX_VALUE ? SMALLEST : SMALLEST << i;
    }

    private double cost(int index) {
        if (extra[index] > 0) {
            return extra[index];
        }
        return extra[index - 1] > 0 ? UNTRIED * extra[index - 1] : Double.MAX_VALUE;
    }

    /** The step that was asked for was computed; with adapter groups, fewer sequences than generate are in it. */
    void computed(int decoded, int promptTokens, long nanos) {
        int sequences = asked;
        if (decoded == 0 || sequences == 0) {
            return;
        }
        if (promptTokens == 0) {
            double old = generating[sequences];
            generating[sequences] = old == 0 ? nanos : old + WEIGHT * (nanos - old);
            age[sequences] = 0;
            return;
        }
        age[sequences]++;
        for (int i = 0; i < SIZES; i++) {
            extra[i] *= FADING;
        }
        int index = 31 - Integer.numberOfLeadingZeros(promptTokens / SMALLEST);
        if (generating[sequences] > 0 && index >= 0 && index < SIZES && promptTokens == SMALLEST << index) {
            double now = Math.max(1, nanos - generating[sequences]);
            double old = extra[index];
            extra[index] = now > old ? now : old + WEIGHT * (now - old);
        }
    }
}
