package dev.tokapu.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Values that are opened once for all their users, and closed some time after the last one has gone.
 *
 * <p>Thread safety: safe. Users of one key wait while its value is opened, users of others do not.
 *
 * @param <K> what tells values apart
 * @param <V> the values
 */
final class SharedPool<K, V extends AutoCloseable> {

    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tokapu-spark-idle");
        thread.setDaemon(true);
        return thread;
    });

    private final Function<K, V> open;
    private final Predicate<V> usable;
    private final Map<K, Entry> entries = new HashMap<>();

    SharedPool(Function<K, V> open, Predicate<V> usable) {
        this.open = open;
        this.usable = usable;
    }

    /** A value with its users; their number is guarded by the map, the value by the entry. */
    private final class Entry {

        private final K key;
        private int users;
        private long released;
        private @Nullable V value;

        Entry(K key) {
            this.key = key;
        }

        synchronized V open() {
            if (value != null && !usable.test(value)) {
                closeValue(); // the others that use it have failed already
            }
            V opened = value == null ? open.apply(key) : value;
            value = opened;
            return opened;
        }

        synchronized void closeValue() {
            V old = value;
            value = null;
            if (old != null) {
                try {
                    old.close();
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException("closing " + old + " failed", e);
                }
            }
        }
    }

    /**
     * The use of a value, until it is closed.
     *
     * @param <V> the value
     */
    static final class Lease<V> implements AutoCloseable {

        private final V value;
        private final Runnable onClose;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Lease(V value, Runnable onClose) {
            this.value = value;
            this.onClose = onClose;
        }

        V value() {
            return value;
        }

        /** Gives it back. Idempotent. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                onClose.run();
            }
        }
    }

    /**
     * {@return the value of a key, which is opened unless it is there}
     *
     * @param key the key
     * @param idle how long the value stays when nobody uses it any more
     */
    Lease<V> acquire(K key, Duration idle) {
        Entry entry;
        synchronized (entries) {
            entry = entries.computeIfAbsent(key, Entry::new);
            entry.users++;
        }
        try {
            return new Lease<>(entry.open(), () -> release(entry, idle));
        } catch (Throwable e) {
            release(entry, Duration.ZERO);
            throw e;
        }
    }

    private void release(Entry entry, Duration idle) {
        long now = System.nanoTime();
        synchronized (entries) {
            entry.users--;
            entry.released = now;
        }
        if (idle.isZero()) {
            closeIdle(entry, now);
        } else {
            var unused = TIMER.schedule(() -> closeIdle(entry, now), idle.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Unless somebody uses it, or has used it since then. */
    private void closeIdle(Entry entry, long released) {
        synchronized (entries) {
            if (entry.users > 0 || entry.released != released || entries.get(entry.key) != entry) {
                return;
            }
            entries.remove(entry.key);
        }
        entry.closeValue();
    }

    /** Closes what nobody uses. */
    void closeIdle() {
        List<Entry> idle = new ArrayList<>();
        synchronized (entries) {
            entries.values().removeIf(entry -> entry.users == 0 && idle.add(entry));
        }
        idle.forEach(Entry::closeValue);
    }

    /** Closes all, also what is used: the process ends. */
    void closeAll() {
        List<Entry> all;
        synchronized (entries) {
            all = new ArrayList<>(entries.values());
            entries.clear();
        }
        all.forEach(Entry::closeValue);
    }

    /** {@return how many there are} */
    int size() {
        synchronized (entries) {
            return entries.size();
        }
    }
}
