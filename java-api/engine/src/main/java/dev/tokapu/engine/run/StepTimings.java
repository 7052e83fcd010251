package dev.tokapu.engine.run;

/**
 * When the parts of a step ended; the same object for all steps.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class StepTimings {

    private long drafting;
    private long feeding;
    private long begun;
    private long saved;
    private long restored;
    private long built;
    private long decoded;
    private long sampled;
    private long delivered;

    /** Drafting for the step took so long, before its plan. */
    void drafted(long nanos) {
        drafting = nanos;
        feeding = 0;
    }

    /** MTP heads read the step for so long, while it was delivered. */
    void fed(long nanos) {
        feeding = nanos;
    }

    /** The step begins with copies and its plan; returns the time. */
    long begin() {
        saved = 0;
        restored = 0;
        begun = System.nanoTime();
        return begun;
    }

    /** Sequences were copied to host memory or back for so long, before the batch is filled. */
    void copied(boolean restores, long nanos) {
        if (restores) {
            restored += nanos;
        } else {
            saved += nanos;
        }
    }

    /** The batch is filled; returns the time. */
    long built() {
        built = System.nanoTime();
        return built;
    }

    void decoded() {
        decoded = System.nanoTime();
    }

    void sampled() {
        sampled = System.nanoTime();
    }

    void delivered() {
        delivered = System.nanoTime();
    }

    /** When tokens were chosen. */
    long sampledAt() {
        return sampled;
    }

    /** Nanoseconds of drafting with a model or MTP heads, which have read the step. */
    long draft() {
        return drafting + feeding;
    }

    /** Nanoseconds of planning and filling the batch, with copies. */
    long plan() {
        return built - begun;
    }

    /** Nanoseconds of copies to host memory. */
    long saved() {
        return saved;
    }

    /** Nanoseconds of copies back. */
    long restored() {
        return restored;
    }

    /** Nanoseconds of decoding. */
    long decode() {
        return decoded - built;
    }

    /** Nanoseconds of choosing tokens. */
    long sample() {
        return sampled - decoded;
    }

    /** Nanoseconds of delivering them. */
    long deliver() {
        return delivered - sampled - feeding;
    }

    /** Nanoseconds of all but drafting and planning. */
    long computing() {
        return delivered - built - feeding;
    }

    /** Nanoseconds of all of it. */
    long total() {
        return drafting + delivered - begun;
    }
}
