package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_CANCELLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The progress listener of a load. */
class ModelProgressContractIT extends Contract {

    private static final byte[] NONE = new byte[0];

    @TempDir
    Path temp;

    private int load(Path file, @Nullable ProgressListener progress, long[] model) {
        return api.models().load(paths(file), 1, modelOptions(), NONE, 0, 0, progress, model);
    }

    @Test
    void modelLoad_progress_risesToOne() {
        List<Float> seen = new ArrayList<>();
        long[] model = new long[1];
        ok(load(tinyModel(), seen::add, model));
        cleanup(() -> api.models().free(model[0]));
        assertThat(seen).isSorted().contains(1f).allMatch(p -> p >= 0 && p <= 1);
    }

    @Test
    void modelLoad_progressSaysFalse_cancels() {
        AtomicInteger calls = new AtomicInteger();
        refused(ERROR_CANCELLED, load(tinyModel(), p -> calls.incrementAndGet() < 2, new long[1]), "cancelled");
        assertThat(calls).hasValue(2);
    }

    @Test
    void modelLoad_progressThrows_isThrownAgainAfterTheCall() {
        IllegalStateException thrown = new IllegalStateException("from the listener");
        assertThatThrownBy(() -> load(
                        tinyModel(),
                        p -> {
                            throw thrown;
                        },
                        new long[1]))
                .isSameAs(thrown);
        assertThatThrownBy(() -> load(
                        tinyModel(),
                        p -> {
                            throw new StackOverflowError("from the listener");
                        },
                        new long[1]))
                .isInstanceOf(StackOverflowError.class);
    }

    @Test
    void modelLoad_progressThrowsAtTheEnd_leavesNoModel() {
        assertThatThrownBy(() -> load(
                        tinyModel(),
                        p -> {
                            if (p >= 1) {
                                throw new IllegalStateException("at the end");
                            }
                            return true;
                        },
                        new long[1]))
                .hasMessage("at the end");
    }

    @Test
    void modelLoad_progressCallsTheLibrary_works() {
        long other = model();
        long[] model = new long[1];
        List<Integer> sizes = new ArrayList<>();
        ok(load(tinyModel(), p -> sizes.add(tokenize(other, "the ring and the thing").length), model));
        cleanup(() -> api.models().free(model[0]));
        assertThat(sizes).isNotEmpty().containsOnly(tokenize(other, "the ring and the thing").length);
    }

    @Test
    void modelLoad_progressInSeveralThreads_goesToTheRightListener() throws InterruptedException {
        Map<Integer, List<Thread>> seen = new java.util.concurrent.ConcurrentHashMap<>();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            int number = t;
            seen.put(number, new ArrayList<>());
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 10; i++) {
                    long[] model = new long[1];
                    ok(load(tinyModel(), p -> seen.get(number).add(Thread.currentThread()), model));
                    ok(api.models().free(model[0]));
                }
            });
            threads[t].start();
        }
        for (int t = 0; t < threads.length; t++) {
            threads[t].join();
            assertThat(seen.get(t)).hasSizeGreaterThan(9).containsOnly(threads[t]);
        }
    }

    @Test
    void modelLoadRange_progress_worksToo() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        byte[] path = utf8(tinyModel().toString());
        long size = Files.size(tinyModel());
        refused(
                ERROR_CANCELLED,
                api.models()
                        .loadRange(
                                path,
                                0,
                                size,
                                modelOptions(),
                                NONE,
                                0,
                                0,
                                p -> calls.incrementAndGet() < 1,
                                new long[1]));
        assertThat(calls).hasValue(1);
    }
}
