package dev.tokapu.internal.threads;

/**
 * Chooses how many threads compute each step of a context.
 *
 * <p>Thread safety: confined.
 */
public interface ThreadChooser {

    /**
     * Begins a step.
     *
     * @param tokens its tokens, 1 or more
     * @param outputs how many of them have outputs
     * @param context tokens that they attend to, all together
     * @return the threads that are to compute it
     */
    int threads(int tokens, int outputs, long context);

    /**
     * The step that was begun was computed. A step that failed or was aborted is not told.
     *
     * @param nanos what it took
     */
    void computed(long nanos);

    /** {@return whether it uses fewer threads than it may} */
    default boolean isReduced() {
        return false;
    }

    /**
     * Says what other programs leave, now and then while it {@link #isReduced}.
     *
     * @param processors that have nothing to do; NaN when that is not known
     */
    default void idle(double processors) {}

    /** Nothing was computed for a while, in which other programs may have ended. */
    void paused();
}
