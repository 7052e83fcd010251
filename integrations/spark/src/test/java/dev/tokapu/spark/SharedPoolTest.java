package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedPoolTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicInteger opened = new AtomicInteger();

    private final class Value implements AutoCloseable {

        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile boolean broken;

        Value() {
            opened.incrementAndGet();
        }

        @Override
        public void close() {
            assertThat(closed.getCount()).as("closed before").isEqualTo(1);
            closed.countDown();
        }
    }

    private final SharedPool<String, Value> pool = new SharedPool<>(key -> new Value(), value -> !value.broken);

    @Test
    void acquire_manyThreads_shareOneValue() throws Exception {
        List<FutureTask<SharedPool.Lease<Value>>> users = IntStream.range(0, 8)
                .mapToObj(i -> new FutureTask<>(() -> pool.acquire("a", LONG)))
                .toList();
        users.forEach(user -> new Thread(user).start());
        Value value = users.get(0).get().value();
        for (FutureTask<SharedPool.Lease<Value>> user : users) {
            assertThat(user.get().value()).isSameAs(value);
        }
        assertThat(opened).hasValue(1);
    }

    @Test
    void close_lastLease_closesTheValueWhenItsTimeHasCome() throws InterruptedException {
        SharedPool.Lease<Value> first = pool.acquire("a", Duration.ofMillis(1));
        SharedPool.Lease<Value> second = pool.acquire("a", Duration.ofMillis(1));
        first.close();
        first.close(); // is one
        assertThat(second.value().closed.await(50, TimeUnit.MILLISECONDS)).isFalse();
        second.close();
        assertThat(second.value().closed.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.size()).isZero();
    }

    @Test
    void acquire_withinTheIdleTime_takesTheSame() {
        Value value;
        try (SharedPool.Lease<Value> lease = pool.acquire("a", LONG)) {
            value = lease.value();
        }
        try (SharedPool.Lease<Value> lease = pool.acquire("a", LONG)) {
            assertThat(lease.value()).isSameAs(value);
            pool.closeIdle();
            assertThat(value.closed.getCount()).as("in use").isEqualTo(1);
        }
        pool.closeIdle();
        assertThat(value.closed.getCount()).isZero();
    }

    @Test
    void acquire_brokenValue_isReplaced() {
        SharedPool.Lease<Value> old = pool.acquire("a", LONG);
        old.value().broken = true;
        SharedPool.Lease<Value> replacement = pool.acquire("a", LONG);
        assertThat(replacement.value()).isNotSameAs(old.value());
        assertThat(old.value().closed.getCount()).isZero();
        old.close();
        assertThat(replacement.value().closed.getCount()).isEqualTo(1);
    }

    @Test
    void acquire_valueThatDoesNotOpen_isTriedAgain() {
        AtomicInteger tries = new AtomicInteger();
        SharedPool<String, Value> failing = new SharedPool<>(
                key -> {
                    if (tries.incrementAndGet() == 1) {
                        throw new IllegalStateException("no memory");
                    }
                    return new Value();
                },
                value -> true);
        assertThatThrownBy(() -> failing.acquire("a", LONG)).hasMessage("no memory");
        assertThat(failing.size()).isZero();
        failing.acquire("a", LONG);
        assertThat(failing.size()).isEqualTo(1);
        failing.closeAll();
        assertThat(failing.size()).isZero();
    }
}
