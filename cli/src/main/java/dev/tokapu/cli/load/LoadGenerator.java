package dev.tokapu.cli.load;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Sends the requests of a load when they are due, and waits for their end. */
public final class LoadGenerator {

    /** What a rejected user waits at least, and where it is not told how long: it never asks again at once. */
    private static final double LEAST_WAIT_SECONDS = 0.1;

    private final Target target;
    private final Clock clock;
    private final Goal goal;
    private final long timeoutSeconds;

    /**
     * A generator for one target.
     *
     * @param timeoutSeconds what has not ended then, after the last request was sent, counts as failed
     */
    public LoadGenerator(Target target, Clock clock, Goal goal, long timeoutSeconds) {
        this.target = target;
        this.clock = clock;
        this.goal = goal;
        this.timeoutSeconds = timeoutSeconds;
    }

    /**
     * Runs a load to its end.
     *
     * @param requests what is sent, in this order
     * @param arrivals when
     * @param seed of the times of {@link Arrivals.Poisson}
     * @return its figures; where this thread is interrupted, at once those of the requests that have ended
     */
    public Result run(List<LoadRequest> requests, Arrivals arrivals, long seed) {
        Recorder recorder = new Recorder(goal);
        try {
            if (arrivals instanceof Arrivals.Closed closed) {
                closed(requests, closed, recorder);
            } else if (arrivals instanceof Arrivals.Poisson poisson) {
                open(requests, poisson, new SplittableRandom(seed), recorder);
            }
            return recorder.close(requests.size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return recorder.close(0);
        }
    }

    private void closed(List<LoadRequest> requests, Arrivals.Closed arrivals, Recorder recorder)
            throws InterruptedException {
        Semaphore free = new Semaphore(arrivals.concurrency());
        for (LoadRequest request : requests) {
            if (!free.tryAcquire(timeoutSeconds, TimeUnit.SECONDS)) {
                return;
            }
            send(request, clock.nanoTime(), recorder, outcome -> comeBack(outcome, free));
        }
        free.tryAcquire(arrivals.concurrency(), timeoutSeconds, TimeUnit.SECONDS);
    }

    private void open(List<LoadRequest> requests, Arrivals.Poisson arrivals, SplittableRandom random, Recorder recorder)
            throws InterruptedException {
        Semaphore ended = new Semaphore(0);
        double mean = TimeUnit.SECONDS.toNanos(1) / arrivals.requestsPerSecond();
        double due = clock.nanoTime();
        for (LoadRequest request : requests) {
            long time = (long) due;
            clock.sleepUntil(time);
            send(request, time, recorder, outcome -> ended.release());
            due -= mean * Math.log1p(-random.nextDouble());
        }
        ended.tryAcquire(requests.size(), timeoutSeconds, TimeUnit.SECONDS);
    }

    private void comeBack(Outcome outcome, Semaphore free) {
        if (outcome instanceof Outcome.Rejected rejected) {
            double seconds = Math.max(LEAST_WAIT_SECONDS, rejected.retryAfterSeconds());
            clock.after((long) (seconds * TimeUnit.SECONDS.toNanos(1)), free::release);
        } else {
            free.release();
        }
    }

    private void send(LoadRequest request, long due, Recorder recorder, Consumer<Outcome> whenEnded) {
        recorder.mark(due);
        target.send(request, new RequestTrace(request, due, clock, recorder, whenEnded));
    }
}
