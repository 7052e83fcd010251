package dev.tokapu.spring.boot;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Has the engines accept no new requests and finish the requests in progress when the application stops: after web server and executors, which
 * wait for their requests and tasks first, and before the beans are destroyed.
 *
 * <p>Thread safety: safe.
 */
final class EngineLifecycle implements SmartLifecycle {

    /** Behind web servers and listeners, and behind Spring's executors and schedulers, whose tasks may ask. */
    static final int PHASE = ExecutorConfigurationSupport.DEFAULT_PHASE - 8192;

    private static final Logger LOG = LoggerFactory.getLogger(EngineLifecycle.class);

    private final Supplier<Map<String, Engine>> engines;
    private final Duration most;
    private volatile boolean running;

    EngineLifecycle(Supplier<Map<String, Engine>> engines, Duration most) {
        this.engines = engines;
        this.most = most;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        try {
            List<CompletableFuture<Void>> drains = new ArrayList<>();
            engines.get() // all at once: each has the whole time, and none takes requests while another one is drained
                    .forEach((name, engine) -> drains.add(
                            CompletableFuture.runAsync(() -> drain(name, engine), EngineLifecycle::inBackground)));
            CompletableFuture.allOf(drains.toArray(CompletableFuture<?>[]::new)).join();
        } finally {
            running = false;
        }
    }

    private void drain(String name, Engine engine) {
        EngineSnapshot before = engine.snapshot();
        if (!engine.drain(most)) {
            int left = before.waiting() + before.running();
            LOG.warn("{} had {} requests, which did not all come to their end within {}", name, left, most);
        }
    }

    @Override
    public void stop(Runnable callback) {
        inBackground(() -> {
            try {
                stop();
            } finally {
                callback.run();
            }
        });
    }

    private static void inBackground(Runnable task) {
        Thread thread = new Thread(task, "tokapu-drain");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** An engine that has been drained cannot go on. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
