package dev.tokapu.engine;

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

    private final ThreadPoolExecutor text;
    private final ThreadPoolExecutor rows;
    private final ThreadPoolExecutor callbacks;

    TextStage(String name) {
        int threads =
                Math.max(1, Math.min(MOST_TEXT_THREADS, Runtime.getRuntime().availableProcessors() / 2));
        text = pool(name + "-text", threads, threads, new LinkedBlockingQueue<>());
        rows = pool(name + "-rows", threads, threads, new LinkedBlockingQueue<>());
        callbacks = pool(name + "-callback", 0, Integer.MAX_VALUE, new SynchronousQueue<>());
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

    /** Runs what users hand in. */
    Executor callbacks() {
        return callbacks;
    }
}
