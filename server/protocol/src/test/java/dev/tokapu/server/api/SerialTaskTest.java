package dev.tokapu.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SerialTaskTest {

    private final Deque<Runnable> pool = new ArrayDeque<>();

    @Test
    void signalHere_runsAtOnce_andWhatIsSignalledMeanwhile_byThePool() {
        List<String> done = new ArrayList<>();
        SerialTask[] task = new SerialTask[1];
        task[0] = new SerialTask(pool::add, () -> {
            done.add("run");
            if (done.size() == 1) {
                task[0].signalHere();
                task[0].signal();
                assertThat(done).as("not within itself").hasSize(1);
            }
        });
        task[0].signalHere();
        assertThat(done).hasSize(1);
        assertThat(pool).hasSize(1);
        pool.remove().run();
        assertThat(done).hasSize(2);
        assertThat(pool).isEmpty();
        task[0].signal();
        assertThat(done).hasSize(2);
        pool.remove().run();
        assertThat(done).hasSize(3);
    }

    @Test
    void manyThreads_neverRunItTwiceAtATime_andNoSignalIsLost() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger wanted = new AtomicInteger();
            AtomicInteger seen = new AtomicInteger();
            AtomicInteger twice = new AtomicInteger();
            SerialTask task = new SerialTask(threads, () -> {
                if (inside.incrementAndGet() != 1) {
                    twice.incrementAndGet();
                }
                seen.set(wanted.get());
                inside.decrementAndGet();
            });
            CountDownLatch ended = new CountDownLatch(2);
            for (int thread = 0; thread < 2; thread++) {
                boolean here = thread == 0;
                new Thread(() -> {
                            for (int i = 0; i < 20_000; i++) {
                                wanted.incrementAndGet();
                                if (here) {
                                    task.signalHere();
                                } else {
                                    task.signal();
                                }
                            }
                            ended.countDown();
                        })
                        .start();
            }
            ended.await();
            while (seen.get() != 40_000) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            assertThat(twice).hasValue(0);
        } finally {
            threads.shutdownNow();
        }
    }
}
