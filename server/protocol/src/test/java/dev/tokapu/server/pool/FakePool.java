package dev.tokapu.server.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A pool whose time, memory, thread and models are a test's. */
final class FakePool {

    static final String HOST = "host";

    final Map<String, Fake> loaders = new LinkedHashMap<>();
    final ModelPool<Loaded> pool;
    long budget = 100;
    int open;
    int mostOpen;

    /** Runs while a model is loaded or unloaded, or asked for its size: what other threads do meanwhile. */
    Runnable meanwhile = () -> {};

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private long now;
    private long used;

    FakePool(int maxLoaded, Duration keepAlive, Fake... fakes) {
        for (Fake fake : fakes) {
            loaders.put(fake.name, fake);
            fake.in = this;
        }
        PoolTimer timer = new PoolTimer() {
            @Override
            public long nanoTime() {
                return now;
            }

            @Override
            public Runnable later(Runnable action, Duration delay) {
                Alarm alarm = new Alarm(now + delay.toNanos(), action);
                alarms.add(alarm);
                return () -> alarms.remove(alarm);
            }
        };
        pool = new ModelPool<>(
                new PoolOptions(maxLoaded, keepAlive),
                () -> Map.of(HOST, budget - used),
                timer,
                tasks::add,
                List.copyOf(loaders.values()).stream().map(Fake::entry).toList());
    }

    private record Alarm(long at, Runnable action) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            return Long.compare(at, other.at);
        }
    }

    /** Lets the loading thread do all that it has to. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Lets time pass, and what is due happen. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        while (!alarms.isEmpty() && alarms.peek().at <= end) {
            Alarm alarm = alarms.poll();
            now = Math.max(now, alarm.at);
            alarm.action.run();
            run();
        }
        now = end;
    }

    CompletableFuture<Lease<Loaded>> ask(String name) {
        return pool.acquire(name);
    }

    /** The use of a model that is loaded for it. */
    Lease<Loaded> use(String name) {
        CompletableFuture<Lease<Loaded>> future = ask(name);
        run();
        return future.join();
    }

    void useOnce(String name) {
        use(name).close();
        run();
    }

    ModelState state(String name) {
        return pool.status(name).state();
    }

    List<String> loaded() {
        List<String> names = new ArrayList<>();
        pool.loaded().forEach(model -> names.add(model.name));
        return names;
    }

    /** A model of a size. */
    static final class Fake implements ModelLoader<Loaded> {

        final String name;
        final long size;
        boolean pinned;

        @Nullable
        Duration keepAlive;

        @Nullable
        RuntimeException failure;

        int loads;
        private FakePool in;

        Fake(String name, long size) {
            this.name = name;
            this.size = size;
        }

        Fake pinned() {
            pinned = true;
            return this;
        }

        PoolEntry<Loaded> entry() {
            return new PoolEntry<>(name, this, pinned, keepAlive, null);
        }

        Fake in(FakePool pool) {
            in = pool;
            return this;
        }

        @Override
        public Map<String, Long> need() {
            in.meanwhile.run();
            return Map.of(HOST, size);
        }

        @Override
        public Loaded load() {
            loads++;
            in.meanwhile.run();
            if (failure != null) {
                throw failure;
            }
            in.open++;
            in.mostOpen = Math.max(in.mostOpen, in.open);
            in.used += size;
            return new Loaded(in, name, size);
        }
    }

    /** A model that is there until it is closed, once. */
    static final class Loaded implements PooledModel {

        final String name;
        boolean failed;
        boolean closed;
        private final FakePool in;
        private final long size;

        Loaded(FakePool in, String name, long size) {
            this.in = in;
            this.name = name;
            this.size = size;
        }

        @Override
        public boolean isOpen() {
            return !failed;
        }

        @Override
        public Map<String, Long> held() {
            return Map.of(HOST, size);
        }

        @Override
        public void close() {
            assertThat(closed).as(name + " is closed twice").isFalse();
            closed = true;
            in.meanwhile.run();
            in.open--;
            in.used -= size;
        }
    }
}
