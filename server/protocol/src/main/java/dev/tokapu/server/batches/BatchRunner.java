package dev.tokapu.server.batches;

import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.files.FileStore;
import dev.tokapu.server.problem.Problem.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does batches: one thread reads their requests, hands so many at a time to the APIs, and writes what they answer. Tenants take turns, and so do
 * the batches of one.
 *
 * <p>Thread safety: safe.
 */
final class BatchRunner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");
    private static final int BELOW = 1000; // of priorities: what anybody waits for goes first
    private static final int LIMIT = Kind.LIMIT.status();
    private static final int UNAVAILABLE = Kind.UNAVAILABLE.status();
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration STALL = Duration.ofSeconds(30);
    private static final int LOOK_MILLIS = 1000;
    private static final int SWEEP_SECONDS = 60;
    private static final int CLOSING_SECONDS = 10;
    private static final long POLL = TimeUnit.MILLISECONDS.toNanos(5);

    private final FileStore files;
    private final BatchStore store;
    private final BatchLimits limits;
    private final BatchWork work;
    private final Dispatcher dispatcher;
    private final Callers callers;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        Thread made = new Thread(task, "tokapu-server-batch");
        made.setDaemon(true);
        return made;
    });
    private final Map<String, Long> turns = new HashMap<>(); // by tenant; of the thread, as the following
    private final Map<String, Long> stalled = new HashMap<>(); // until when
    private long turn;
    private volatile int running;
    private volatile BatchStatistics done = BatchStatistics.NONE;
    private volatile boolean paused;
    private volatile boolean closed;

    BatchRunner(
            DataFolder disk,
            FileStore files,
            BatchStore store,
            BatchLimits limits,
            Dispatcher dispatcher,
            Callers callers) {
        this.files = files;
        this.store = store;
        this.limits = limits;
        this.work = new BatchWork(disk, files, store, limits);
        this.dispatcher = dispatcher;
        this.callers = callers;
    }

    private interface Action {
        void run() throws IOException;
    }

    /** Begins, with what was not finished before. */
    @SuppressWarnings("FutureReturnValueIgnored") // they throw nothing
    void start() {
        thread.scheduleWithFixedDelay(guarded(this::look), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        thread.scheduleWithFixedDelay(guarded(this::sweep), SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /** Looks at all batches soon. */
    void signal() {
        execute(this::look);
    }

    private void execute(Runnable action) {
        try {
            thread.execute(guarded(action));
        } catch (RejectedExecutionException e) { // closed; the next start goes on
            LOG.debug("A batch goes on at the next start", e);
        }
    }

    /** What fails now may go well later. */
    private static Runnable guarded(Runnable action) {
        return () -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.warn("Batches could not go on", e);
            }
        };
    }

    private void sweep() {
        turns.keySet().retainAll(store.unfinished().stream().map(Batch::tenant).collect(Collectors.toSet()));
        files.sweep();
        try {
            store.sweep();
        } catch (IOException e) {
            LOG.warn("Old batches cannot be deleted: {}", e.toString());
        }
    }

    private void look() {
        if (closed) {
            return;
        }
        for (Batch batch : store.unfinished()) {
            Long until = stalled.get(batch.id());
            if (until == null || until - System.nanoTime() < 0) {
                attempt(batch.id(), () -> work.advance(batch, paused));
            }
        }
        count();
        feed();
    }

    /** What fails of one batch holds up no other: it is tried again later, from what is on the disk. */
    private void attempt(String id, Action action) {
        try {
            action.run();
            stalled.remove(id);
        } catch (IOException | RuntimeException e) {
            LOG.warn("The batch {} waits for {} s: {}", id, STALL.toSeconds(), e.toString());
            stalled.put(id, System.nanoTime() + STALL.toNanos());
            work.close(id);
            count();
        }
    }

    private void count() {
        running = work.running();
    }

    /** Has as many requests answered as may be at a time. */
    private void feed() {
        while (!paused && running < limits.parallel()) {
            BatchRun run = work.runs()
                    .filter(this::isReady)
                    .min(Comparator.<BatchRun>comparingLong(
                                    one -> turns.getOrDefault(one.batch().tenant(), 0L))
                            .thenComparingLong(BatchRun::turn))
                    .orElse(null);
            Caller caller = run == null ? null : caller(run);
            if (run == null || caller == null) {
                return;
            }
            attempt(run.batch().id(), () -> begin(run, caller));
        }
    }

    private boolean isReady(BatchRun run) {
        return !run.waits(System.nanoTime())
                && run.mayHaveNext()
                && caller(run) != null
                && !files.isFull(run.batch().tenant());
    }

    private @Nullable Caller caller(BatchRun run) {
        return callers.named(run.batch().key(), run.batch().tenant());
    }

    private void begin(BatchRun run, Caller caller) throws IOException {
        if (!run.hasNext()) {
            return;
        }
        Batch batch = run.batch();
        LineExchange exchange = new LineExchange(
                run.take(), batch.id(), batch.endpoint(), answered -> execute(() -> answered(run, answered)));
        turn++;
        turns.put(batch.tenant(), turn);
        run.begin(exchange, turn);
        count();
        dispatcher.handle(exchange, caller.withPriority((int)
                Math.max(Integer.MIN_VALUE, (long) caller.priority() - BELOW)));
    }

    private void answered(BatchRun run, LineExchange exchange) {
        String id = run.batch().id();
        attempt(id, () -> {
            if (!run.isRunning(exchange)) { // nobody waits for it any more
                return;
            }
            if (exchange.status() == LIMIT || exchange.status() == UNAVAILABLE) {
                run.again(exchange);
                run.waitUntil(System.nanoTime() + retryAfter(exchange).toNanos());
            } else {
                Batch.Counts before = run.counts();
                run.answered(exchange);
                done = done.plus(before, run.counts());
                store.note(id, run.counts());
                if (run.isDone()) {
                    work.finish(store.get(id), BatchStatus.COMPLETED);
                }
            }
            count();
        });
        feed();
    }

    private static Duration retryAfter(LineExchange exchange) {
        String seconds = exchange.responseHeader("retry-after");
        return seconds.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : RETRY;
    }

    BatchStatistics statistics() {
        return done.now(store.unfinished().size(), running);
    }

    /** Begins no more requests. */
    void pause() {
        paused = true;
    }

    /** Waits until all running requests are answered; false on timeout. */
    boolean awaitIdle(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        while (running > 0) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(POLL);
        }
        return true;
    }

    /** Ends what is being answered; it is asked again at the next start. */
    @Override
    public void close() {
        paused = true;
        closed = true;
        work.stop();
        execute(work::close);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Batches did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
