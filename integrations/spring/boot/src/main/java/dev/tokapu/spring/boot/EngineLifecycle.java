package dev.tokapu.spring.boot;

import dev.tokapu.engine.Engine;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Has the engines take no more requests and finish those that they have, when the application stops: behind the web server, which waits for
 * its requests first, and before the beans are destroyed.
 *
 * <p>Thread safety: safe.
 */
final class EngineLifecycle implements SmartLifecycle {

    /** Behind web server and listeners, which are within some thousand of the default phase. */
    static final int PHASE = DEFAULT_PHASE - 8192;

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
        long end = System.nanoTime() + most.toNanos();
        engines.get().forEach((name, engine) -> {
            int left = engine.snapshot().waiting() + engine.snapshot().running();
            if (!engine.drain(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                LOG.warn("{} had {} requests, which did not all come to their end within {}", name, left, most);
            }
        });
        running = false;
    }

    @Override
    public void stop(Runnable callback) {
        Thread thread = new Thread(
                () -> {
                    try {
                        stop();
                    } finally {
                        callback.run();
                    }
                },
                "tokapu-drain");
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
