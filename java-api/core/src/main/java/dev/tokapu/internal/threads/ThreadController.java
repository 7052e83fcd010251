package dev.tokapu.internal.threads;

/**
 * Chooses how many threads compute each step of a context, from what steps took before.
 *
 * <p>ggml's threads wait for each other at every operation, by spinning. Where another program has one of the processors, all
 * wait for the thread that does not run, and fewer threads are faster. How many depends on what else the machine does, which
 * changes, and on the step: a long prompt has operations so long that a pause of one thread hardly counts. So steps of few
 * tokens and steps of many have a {@link ThreadSearch} each, and one that finds conditions changed tells the other. Steps of many tokens
 * are rare: they follow the number that is found for the others, and look further from there.
 *
 * <p>It knows no clock and reads no files: the same steps and hints lead to the same numbers.
 *
 * <p>Thread safety: confined.
 */
public final class ThreadController implements ThreadChooser {

    private static final int MANY = 32; // tokens; the operations of such a step take some hundred microseconds

    private static final double FOLLOWS = 0.5; // of the budget for trials: they have the result of the others

    private final ThreadSearch few;
    private final ThreadSearch many;
    private ThreadSearch current;
    private int tokens;
    private int outputs;
    private long context;

    /**
     * Creates it.
     *
     * @param threads for a step of few tokens at most, the number that a quiet machine is fastest with
     * @param batchThreads for a step of many tokens at most
     */
    public ThreadController(int threads, int batchThreads) {
        few = new ThreadSearch(threads, new TrialBudget(1));
        many = new ThreadSearch(batchThreads, new TrialBudget(FOLLOWS));
        current = few;
    }

    @Override
    public int threads(int stepTokens, int stepOutputs, long stepContext) {
        tokens = stepTokens;
        outputs = stepOutputs;
        context = stepContext;
        current = stepTokens < MANY ? few : many;
        return current.threads(tokens, outputs, context);
    }

    @Override
    public void computed(long nanos) {
        int before = few.kept();
        boolean changed = current.computed(tokens, outputs, context, (double) Math.max(1, nanos));
        if (few.kept() != before) {
            many.follow(few.kept());
        } else if (changed) {
            other().look();
        }
    }

    /** The number that steps of few tokens are computed with, but for trials. */
    int few() {
        return few.kept();
    }

    /** The same for steps of many tokens. */
    int many() {
        return many.kept();
    }

    private ThreadSearch other() {
        return current == few ? many : few;
    }

    @Override
    public boolean isReduced() {
        return few.isReduced() || many.isReduced();
    }

    /** More threads are tried where one is free, at once when that is new; without the hint they are tried now and then. */
    @Override
    public void idle(double processors) {
        few.idle(processors);
        many.idle(processors);
    }

    /** More threads are tried soon. */
    @Override
    public void paused() {
        few.lookUp();
        many.lookUp();
    }
}
