package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineLoop;
import dev.tokapu.engine.run.EngineMeter;
import java.time.Duration;

/**
 * Whether a replica computes what it is given. One that does not would look idle, and get all requests.
 *
 * <p>Thread safety: safe.
 */
final class ReplicaHealth {

    private static final int FAILED_STEPS = 3; // in a row
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10); // then it is tried again

    private final EngineLoop loop;
    private final EngineMeter meter;
    private volatile long hangingStep;

    ReplicaHealth(EngineLoop loop, EngineMeter meter) {
        this.loop = loop;
        this.meter = meter;
    }

    /** The step that is computed takes too long. */
    void hangs() {
        hangingStep = loop.stepStarted();
    }

    /** Whether that step has ended, if there was one, and the last ones have not all failed. */
    boolean isWell() {
        long step = hangingStep;
        boolean hangs = step != 0 && step == loop.stepStarted();
        boolean fails = meter.failedSteps() >= FAILED_STEPS
                && System.nanoTime() - meter.lastFailedStep() < LONGEST_PAUSE.toNanos();
        return !hangs && !fails;
    }
}
