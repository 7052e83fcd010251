package dev.tokapu.langchain4j;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that streamed answers are told on, unless an executor is set: daemons, as many as there are answers, gone when idle. */
final class StreamingThreads {

    private static final long IDLE_SECONDS = 10;
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final ExecutorService SHARED = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "tokapu-langchain4j-" + COUNT.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });

    private StreamingThreads() {}

    static ExecutorService shared() {
        return SHARED;
    }
}
