package dev.tokapu.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How what a server has opened is closed, the latest first: when the server closes, and when its start fails halfway.
 *
 * <p>Thread safety: one thread at a time.
 */
final class Closings {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final Deque<Runnable> all = new ArrayDeque<>();

    void add(Runnable closing) {
        all.push(closing);
    }

    /** What fails keeps nothing else open. */
    void run() {
        while (!all.isEmpty()) {
            try {
                all.pop().run();
            } catch (RuntimeException e) {
                LOG.warn("Closing the server failed", e);
            }
        }
    }
}
