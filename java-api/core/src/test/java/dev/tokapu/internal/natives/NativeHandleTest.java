package dev.tokapu.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.FakeApi;
import dev.tokapu.testsupport.LogCapture;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NativeHandleTest {

    private final FakeApi fake = new FakeApi();
    private final AtomicInteger freed = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();

    private NativeHandle shared() {
        return NativeHandle.shared(fake.api(), 7, "Thing 'x'", (api, id) -> freed.incrementAndGet());
    }

    private NativeHandle confined() {
        return NativeHandle.confined(
                fake.api(),
                7,
                "Thing 'x'",
                (api, id) -> freed.incrementAndGet(),
                (api, id) -> interrupted.incrementAndGet());
    }

    @Test
    void acquire_open_givesId() {
        try (NativeHandle handle = shared()) {
            assertThat(handle.acquire()).isEqualTo(7);
            handle.release();
            assertThat(handle.isClosed()).isFalse();
        }
    }

    @Test
    void acquire_closed_throwsWithName() {
        NativeHandle handle = shared();
        handle.close();
        assertThatIllegalStateException().isThrownBy(handle::acquire).withMessage("Thing 'x' is closed");
        assertThat(handle.isClosed()).isTrue();
        assertThat(handle).hasToString("Thing 'x' (closed)");
    }

    @Test
    void close_twice_freesOnce() {
        NativeHandle handle = shared();
        handle.close();
        handle.close();
        assertThat(freed).hasValue(1);
    }

    @Test
    void close_callsInside_freesWhenLastLeaves() {
        NativeHandle handle = shared();
        handle.acquire();
        handle.acquire();
        handle.close();
        handle.release();
        assertThat(freed).hasValue(0);
        handle.release();
        assertThat(freed).hasValue(1);
    }

    @Test
    void close_confinedCallInside_interruptsAndReturnsAtOnce() {
        NativeHandle handle = confined();
        handle.acquire();
        handle.close();
        assertThat(interrupted).hasValue(1);
        assertThat(freed).hasValue(0);
        handle.release();
        assertThat(freed).hasValue(1);
    }

    @Test
    void acquire_confinedSecondThread_throwsNamingBoth() throws InterruptedException {
        try (NativeHandle handle = confined()) {
            handle.acquire();
            Throwable[] thrown = new Throwable[1];
            Thread second = new Thread(
                    () -> {
                        try {
                            handle.acquire();
                        } catch (IllegalStateException e) {
                            thrown[0] = e;
                        }
                    },
                    "second");
            second.start();
            second.join();
            handle.release();
            assertThat(thrown[0])
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Thing 'x'")
                    .hasMessageContaining("'" + Thread.currentThread().getName() + "'")
                    .hasMessageContaining("'second'")
                    .hasMessageContaining("one thread at a time");
        }
    }

    @Test
    void acquire_confinedHandedOver_works() throws ExecutionException, InterruptedException {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (NativeHandle handle = confined()) {
            handle.acquire();
            handle.release();
            assertThat(other.submit(handle::acquire).get()).isEqualTo(7);
            other.submit(handle::release).get();
            handle.acquire();
            handle.release();
        } finally {
            other.shutdown();
        }
    }

    @Test
    void forgotten_collected_freesWithOneWarning() throws InterruptedException {
        try (LogCapture log = LogCapture.start()) {
            forget();
            for (int i = 0; i < 200 && freed.get() == 0; i++) {
                System.gc();
                Thread.sleep(20);
            }
            assertThat(freed).hasValue(1);
            List<String> warnings = warnings(log);
            assertThat(warnings).hasSize(1);
            assertThat(warnings.get(0)).contains("Thing 'x' was never closed").contains("-Dtokapu.track=true");
        }
    }

    /** Those of this test: the garbage collector also finds what others have forgotten. */
    private static List<String> warnings(LogCapture log) {
        return log.warnings().stream()
                .filter(warning -> warning.contains("Thing 'x'"))
                .toList();
    }

    private void forget() {
        NativeHandle handle = shared();
        handle.acquire();
        handle.release();
    }

    @Test
    void closed_collected_doesNotWarn() throws InterruptedException {
        try (LogCapture log = LogCapture.start()) {
            shared().close();
            for (int i = 0; i < 5; i++) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(warnings(log)).isEmpty();
            assertThat(freed).hasValue(1);
        }
    }
}
