package dev.tokapu.engine.run;

/**
 * Chooses how many prompt tokens a step may prefill, so that it stays within a {@link StepLimit}.
 *
 * <p>It learns from the steps themselves. Sizes are powers of two (where sequences share a micro-batch, less what makes it a
 * multiple of the smallest together with what generates); for each the extra time that it took is kept. Time is not proportional
 * to tokens (reading the weights costs the same for 1 and for 16), so each size has its own figure; one that was never tried is
 * taken to cost a little more than the one below, and at most what a larger one does, and is tried once that fits: the quicker of two steps
 * counts, since the first ones after a step of another shape take longer on a GPU, which records them. Later, a slower step counts for half,
 * a faster one for less. What is not used fades until the size is tried again, so that what was measured while other programs computed does not ban it
 * for good. A step that is slow out of all proportion counts only when the next one of its size is slow, too: a pause of the machine says nothing
 * about the size. Where the smallest size takes longer than allowed already, as beside other programs, sizes that cost hardly more are as good,
 * and prompts wait less.
 *
 * <p>Some steps take longer than others of their size, for example when a GPU's compute graph has to be recorded anew. When more than
 * one step in two hundred takes longer than allowed, sizes aim lower.
 *
 * <p>What a step without prompts takes is measured in the same way, now and then, and when no number of sequences like this one has
 * been measured.
 *
 * <p>Thread safety: confined.
 */
final class ChunkSizeController {

    private static final double RISING = 0.5; // weight of a slower measurement
    private static final double FALLING = 0.2; // of a faster one
    private static final double UNTRIED = 1.2; // times what the size below costs
    private static final double SUSPECT = 1.5; // times what was expected
    private static final double EFFICIENCY = 0.95; // of the best size
    private static final double LIKE_THE_SMALLEST = 1.25; // times what that costs
    private static final int TOLD = 16; // tokens
    private static final double HIGHEST_AIM = 0.85; // of the allowed time
    private static final double LOWEST_AIM = 0.6;
    private static final double LATE = 0.005; // of the steps with prompts may take longer than allowed
    private static final double CAUTION = 0.05; // how much one late step lowers the aim
    private static final double FADING = 0.5; // of what was not used for a whole period, a period
    private static final double REMEMBERED = 0.98; // of what prompt tokens took, a step that has some
    private static final int SIZES = 21;
    private static final int PERIOD = 256; // steps with prompts; what they take is measured anew after one
    private static final int SETTLED = 3; // steps without prompts, one after the other
    private static final int ALIKE = 4; // numbers of sequences that differ by less than this part of them

    private final StepLimit limit;
    private final int smallest;
    private final boolean together;
    private final double[] generating; // nanoseconds by number of sequences, 0: unknown
    private final int[] age; // steps with prompts since that was measured
    private final double[] extra = new double[SIZES]; // nanoseconds by size, 0: unknown
    private final double[] bounds = new double[SIZES]; // the same, which does not fade: smaller sizes cost no more
    private final int[] unused = new int[SIZES]; // periods since the size was measured
    private final double[] suspect = new double[SIZES]; // nanoseconds that count if the next step is slow, too

    private int steps; // with prompts
    private final ChunkSizeTrial trial = new ChunkSizeTrial();
    private boolean tried; // in the last step
    private double aim = HIGHEST_AIM;
    private double allowed = Double.MAX_VALUE; // nanoseconds for the step that was asked for
    private int settling; // steps without prompts so far
    private int settlingFor; // sequences of the first of them
    private double quickest; // nanoseconds, of these
    private double seenNanos; // of the latest steps, without what generating takes
    private double seenTokens; // of these steps
    private int asked; // sequences that generated when a step was asked for; with adapter groups fewer are in it

    /**
     * Creates it.
     *
     * @param smallest the smallest size: what kernels compute at once, a power of two
     * @param together whether sequences share a micro-batch, so that sizes count what generates, too
     */
    ChunkSizeController(int maxSequences, StepLimit limit, int smallest, boolean together) {
        this.limit = limit;
        this.smallest = smallest;
        this.together = together;
        this.generating = new double[maxSequences + 1];
        this.age = new int[maxSequences + 1];
    }

    /**
     * Prompt tokens beside so many generating sequences while so many prompts are prefilled; 0 asks for a step without. Prompts that fit
     * a step (shortTokens is what is left of them) are not cut into chunks that cost much more: one longer step is better for
     * all than many.
     */
    int promptTokens(int sequences, int prompts, int shortTokens, int most) {
        asked = sequences;
        if (sequences == 0) {
            return most;
        }
        int known = measured(sequences);
        if (known == 0 || age[known] >= PERIOD) {
            return 0;
        }
        allowed = limit.nanos(generating[known], prompts);
        double room = Math.max(aim * allowed - generating[known], isKnown(0) ? LIKE_THE_SMALLEST * extra[0] : 0);
        int size = smallest << chosen(room, most);
        size -= together ? sequences % smallest : 0;
        int atOnce = Math.min(efficient(), shortTokens);
        if (atOnce > size) {
            allowed = Double.MAX_VALUE;
            size = atOnce;
        }
        return Math.min(size, most);
    }

    /** The largest size that fits as last measured, or the one above it, which is tried when it may fit, too. */
    private int chosen(double room, int most) {
        if (trial.isOn() && (trial.index() == 0 || cost(trial.index()) <= room)) {
            return trial.index();
        }
        endTrial();
        int index = 0;
        int end = 1; // of the sizes that are asked for
        for (; end < SIZES && smallest << (end - 1) < most; end++) {
            boolean fits = isKnown(end) ? cost(end) <= room : bounds[end] > 0 && bounds[end] <= room;
            index = fits ? end : index;
        }
        if (isKnown(index) && index + 1 < end && !isKnown(index + 1) && cost(index + 1) <= room) {
            index++;
        }
        if (!isKnown(index)) {
            trial.begin(index);
        }
        return index;
    }

    private boolean isKnown(int index) {
        return extra[index] > 0 && unused[index] <= 1;
    }

    private boolean fills(int promptTokens, int index) {
        return promptTokens + smallest > smallest << index;
    }

    /** The largest number of sequences up to this one that was measured and is much like it; 0 for none. */
    private int measured(int sequences) {
        for (int n = sequences; n > sequences - Math.max(1, sequences / ALIKE); n--) {
            if (generating[n] > 0) {
                return n;
            }
        }
        return 0;
    }

    /** The smallest size whose tokens cost little more than those of the best one. */
    private int efficient() {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < SIZES; i++) {
            best = Math.min(best, perToken(i));
        }
        int i = 0;
        while (i < SIZES - 1 && perToken(i) * EFFICIENCY > best) {
            i++;
        }
        return best == Double.MAX_VALUE ? smallest : smallest << i;
    }

    /** What is added by a few tokens cannot be told from noise. */
    private double perToken(int index) {
        int size = smallest << index;
        return size < TOLD || bounds[index] == 0 ? Double.MAX_VALUE : bounds[index] / size;
    }

    /** What a size adds: no more than a larger one that is known; one that is not, no more than a larger one ever did. */
    private double cost(int index) {
        double untried = index > 0 && extra[index - 1] > 0 ? UNTRIED * extra[index - 1] : Double.MAX_VALUE;
        double least = extra[index] > 0 ? extra[index] : untried;
        for (int i = index + 1; i < SIZES; i++) {
            if (isKnown(i) || (bounds[i] > 0 && !isKnown(index))) {
                least = Math.min(least, bounds[i]);
            }
        }
        return least;
    }

    /** The step that was asked for was computed: so many sequences, beside so many of the prompt tokens that were allowed. */
    void computed(int decoded, int promptTokens, long nanos) {
        if (asked == 0) {
            settling = 0;
            if (promptTokens > 0) {
                int index = index(promptTokens);
                remember(promptTokens, (double) nanos);
                // More than it adds to other steps, and the first one of all loads kernels.
                double bound = bounds[index] == 0 ? (double) nanos : Math.min(bounds[index], (double) nanos);
                bounds[index] = isKnown(index) ? bounds[index] : bound;
            }
            return;
        }
        if (decoded == 0) {
            return;
        }
        if (promptTokens == 0) {
            computedAlone((double) nanos);
            return;
        }
        settling = 0;
        int known = measured(asked);
        if (known == 0) {
            return;
        }
        age[known]++;
        if (++steps % PERIOD == 0) {
            fade();
        }
        remember(promptTokens, nanos - generating[known]);
        double added = Math.max(1, nanos - generating[known]);
        if (trial.isOn() && index(promptTokens) == trial.index() && fills(promptTokens, trial.index())) {
            if (trial.isLast(added)) {
                endTrial();
            }
            return;
        }
        endTrial(); // the prompts had too few tokens for it
        if (tried) {
            tried = false; // the first step of another shape
            return;
        }
        boolean late = extra[index(promptTokens)] > 0 && nanos > allowed;
        aim = Math.max(LOWEST_AIM, Math.min(HIGHEST_AIM, aim + CAUTION * (late ? LATE - 1 : LATE)));
        learn(promptTokens, added);
    }

    private void endTrial() {
        if (trial.hasResult()) {
            adds(trial.index(), trial.quickest());
            tried = true;
        }
        trial.end();
    }

    private void fade() {
        for (int i = 0; i < SIZES; i++) {
            extra[i] *= ++unused[i] > 1 ? FADING : 1;
        }
    }

    private void remember(int tokens, double nanos) {
        seenTokens = REMEMBERED * seenTokens + tokens;
        seenNanos = REMEMBERED * seenNanos + nanos;
    }

    /** What a prompt token adds to a step, in nanoseconds; 0 as long as that is not known. */
    double tokenNanos() {
        return seenTokens == 0 ? 0 : Math.max(0, seenNanos / seenTokens);
    }

    private void computedAlone(double nanos) {
        tried = false;
        if (settling == 0 || Math.abs(asked - settlingFor) > asked / ALIKE) {
            settling = 0;
            settlingFor = asked;
            quickest = nanos;
        }
        quickest = Math.min(quickest, nanos);
        settling++;
        if (settling == SETTLED) {
            generating[asked] = quickest;
            age[asked] = 0;
            settling = 0;
        }
    }

    /** A number between two sizes is no more work than the larger one: it says something about that only when it is slower. */
    private void learn(int promptTokens, double nanos) {
        int index = index(promptTokens);
        if (!isKnown(index)) {
            if (fills(promptTokens, index) || nanos > extra[index]) {
                adds(index, nanos);
            }
            return;
        }
        if (nanos > SUSPECT * extra[index] && suspect[index] == 0) {
            suspect[index] = nanos;
            return;
        }
        double counted = suspect[index] > 0 ? Math.min(nanos, suspect[index]) : nanos;
        if (counted > extra[index]) {
            adds(index, extra[index] + RISING * (counted - extra[index]));
        } else if (fills(promptTokens, index)) {
            adds(index, extra[index] + FALLING * (counted - extra[index]));
        }
        suspect[index] = 0;
    }

    private void adds(int index, double nanos) {
        unused[index] = 0;
        extra[index] = nanos;
        bounds[index] = nanos;
    }

    /** The smallest size that so many tokens fit. */
    private int index(int promptTokens) {
        int index = 0;
        while (smallest << index < promptTokens && index < SIZES - 1) {
            index++;
        }
        return index;
    }
}
