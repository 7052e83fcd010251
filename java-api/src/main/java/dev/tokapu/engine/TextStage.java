package dev.tokapu.engine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads behind the decoding one: some make text of tokens, and others, as many as it takes, run what users hand in.
 *
 * <p>Thread safety: safe.
 */
final class TextStage {

    private static final int MOST_TEXT_THREADS = 4;
    private static final int LISTENER_THREADS = 2;
    private static final int PLACES =
            16; // for each sequence: answers that ended and are not read to the end take some, too

    private final ThreadPoolExecutor text;
    private final ThreadPoolExecutor rows;
    private final ThreadPoolExecutor callbacks;
    private final ThreadPoolExecutor listeners;

    TextStage(String name, int sequences) {
        int threads =
                Math.max(1, Math.min(MOST_TEXT_THREADS, Runtime.getRuntime().availableProcessors() / 2));
        // An array, since a list would allocate for each token; an answer is in it at most once. When a crowd ends at
        // once and fills
        // it, the thread that ends them lends a hand.
        text = pool(name + "-text", threads, threads, new ArrayBlockingQueue<>(PLACES * sequences));
        text.setRejectedExecutionHandler(new ThreadPoolExecutor.CallerRunsPolicy());
        rows = pool(name + "-rows", threads, threads, new LinkedBlockingQueue<>());
        callbacks = pool(name + "-callback", 0, Integer.MAX_VALUE, new SynchronousQueue<>());
        listeners = pool(name + "-listener", LISTENER_THREADS, LISTENER_THREADS, new LinkedBlockingQueue<>());
    }

    private static ThreadPoolExecutor pool(String name, int core, int most, BlockingQueue<Runnable> queue) {
        AtomicInteger count = new AtomicInteger();
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, name + '-' + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        // Never shut down: who closes an engine must not lose the ends of its answers. Idle threads end by themselves.
        ThreadPoolExecutor pool = new ThreadPoolExecutor(core, most, 10, TimeUnit.SECONDS, queue, threads);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Makes text of new tokens; a text that asks users' criteria must not hold up the others. */
    void execute(AnswerText answer) {
        if (answer.runsUserCode()) {
            callbacks.execute(answer);
        } else {
            text.execute(answer);
        }
    }

    /** Reads rows of logits, which would hold up texts. */
    Executor rows() {
        return rows;
    }

    /** Runs what users hand in with a request: each task has a thread, since it may wait for another one. */
    Executor callbacks() {
        return callbacks;
    }

    /** Tells listeners: those that are slow get a queue, not a thread for each event. */
    Executor listeners() {
        return listeners;
    }
}
