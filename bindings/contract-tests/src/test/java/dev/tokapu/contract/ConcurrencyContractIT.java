package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_BUSY;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.ContextInfoKey;
import dev.tokapu.spi.ContextOptionI;
import dev.tokapu.spi.DecodeStatus;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls from several threads: busy objects, aborting, freeing while a call is inside. */
@Timeout(300)
class ConcurrencyContractIT extends Contract {

    private static final int LARGE = 512;

    private long model;

    @BeforeEach
    void load() {
        model = model();
    }

    /** A context whose full batch takes a while: many tokens, one thread. */
    private long slowContext() {
        long[] ints = contextInts();
        ints[ContextOptionI.N_CTX] = 8L * LARGE;
        ints[ContextOptionI.N_BATCH] = LARGE;
        ints[ContextOptionI.N_UBATCH] = LARGE;
        ints[ContextOptionI.N_THREADS] = 1;
        ints[ContextOptionI.N_THREADS_BATCH] = 1;
        return context(model, ints);
    }

    private static int[] largeBatch() {
        int[] tokens = new int[LARGE];
        Arrays.fill(tokens, 7);
        return tokens;
    }

    @Test
    void decode_twoThreads_onlySerializeOrAreBusy() throws InterruptedException {
        long context = slowContext();
        Set<Integer> statuses = java.util.concurrent.ConcurrentHashMap.newKeySet();
        AtomicBoolean busy = new AtomicBoolean();
        Thread[] threads = new Thread[3];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                while (!busy.get()) {
                    int status = decodeTokens(context, largeBatch());
                    statuses.add(status);
                    busy.compareAndSet(false, status == ERROR_BUSY);
                    statuses.add(api.memory().clear(context, 0));
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(busy).isTrue();
        assertThat(statuses).isSubsetOf(OK, ERROR_BUSY, DecodeStatus.NO_KV_SLOT).contains(ERROR_BUSY);
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, 5));
    }

    @Test
    void busyContext_everyOtherCall_isRefusedAndAbortIsNot() throws InterruptedException {
        long context = slowContext();
        AtomicBoolean done = new AtomicBoolean();
        Thread decoder = new Thread(() -> {
            while (!done.get()) {
                decodeTokens(context, largeBatch());
                api.memory().clear(context, 0);
            }
        });
        decoder.start();
        try {
            Set<Integer> info = new TreeSet<>();
            while (!info.contains(ERROR_BUSY)) {
                info.add(api.contexts().info(context, new long[ContextInfoKey.COUNT]));
            }
            assertThat(info).contains(ERROR_BUSY).isSubsetOf(OK, ERROR_BUSY);
            ok(api.contexts().abort(context, 0));
        } finally {
            done.set(true);
            decoder.join();
        }
    }

    @Test
    void contextAbort_active_refusesUntilItIsLifted() {
        long context = slowContext();
        ok(api.contexts().abort(context, 1));
        assertThat(decodeTokens(context, largeBatch())).isEqualTo(DecodeStatus.ABORTED);
        assertThat(decodeTokens(context, 5)).isEqualTo(DecodeStatus.ABORTED);
        ok(api.contexts().abort(context, 0));
        ok(decodeTokens(context, 5));
    }

    @Test
    void contextAbort_whileDecoding_stopsIt() throws InterruptedException {
        long context = slowContext();
        AtomicInteger aborted = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        Thread decoder = new Thread(() -> {
            int status = OK;
            begun.countDown();
            for (int i = 0; i < 100_000 && status != DecodeStatus.ABORTED; i++) {
                status = decodeTokens(context, largeBatch());
                if (status != DecodeStatus.ABORTED) {
                    api.memory().clear(context, 0);
                }
            }
            aborted.set(status);
        });
        decoder.start();
        begun.await();
        ok(api.contexts().abort(context, 1));
        decoder.join();
        assertThat(aborted).hasValue(DecodeStatus.ABORTED);
        ok(api.contexts().abort(context, 0));
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, 5));
    }

    @RepeatedTest(5)
    void contextFree_whileDecoding_endsTheCallAndIsSafe() throws InterruptedException {
        long context = slowContext();
        Set<Integer> statuses = java.util.concurrent.ConcurrentHashMap.newKeySet();
        Thread decoder = new Thread(() -> {
            int status = OK;
            while (status == OK || status == DecodeStatus.NO_KV_SLOT) {
                status = decodeTokens(context, largeBatch());
                statuses.add(status);
                api.memory().clear(context, 0);
            }
        });
        decoder.start();
        Thread.sleep(20);
        ok(api.contexts().free(context));
        decoder.join();
        assertThat(statuses).isSubsetOf(OK, DecodeStatus.NO_KV_SLOT, DecodeStatus.ABORTED, ERROR_HANDLE);
        assertThat(api.contexts().free(context)).isEqualTo(ERROR_HANDLE);
    }

    @Test
    void modelFree_whileOthersTokenize_isSafe() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            long shared = model();
            Set<Integer> statuses = java.util.concurrent.ConcurrentHashMap.newKeySet();
            Thread[] threads = new Thread[3];
            for (int t = 0; t < threads.length; t++) {
                threads[t] = new Thread(() -> {
                    int status = OK;
                    while (status == OK) {
                        status = api.vocab()
                                .tokenize(shared, utf8("the ring and the thing"), 1, 0, new int[50], new int[1]);
                        statuses.add(status);
                    }
                });
                threads[t].start();
            }
            ok(api.models().free(shared));
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(statuses).isSubsetOf(OK, ERROR_HANDLE);
        }
    }

    @Test
    void free_racing_exactlyOneWins() throws InterruptedException {
        for (int round = 0; round < 50; round++) {
            long sampler = sampler(model);
            AtomicInteger wins = new AtomicInteger();
            Thread[] threads = new Thread[3];
            for (int t = 0; t < threads.length; t++) {
                threads[t] = new Thread(() -> wins.addAndGet(api.samplers().free(sampler) == OK ? 1 : 0));
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(wins).hasValue(1);
        }
    }

    @Test
    void contexts_onePerThread_computeTheSame() throws InterruptedException {
        int[] prompt = tokenize(model, "the ring and the thing");
        int vocabSize = vocabSize(model);
        long reference = context(model);
        ok(decodeTokens(reference, prompt));
        float[] expected = logits(reference, -1, vocabSize);
        AtomicInteger wrong = new AtomicInteger();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            long own = context(model);
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 50; i++) {
                    float[] logits = new float[vocabSize];
                    int status = api.memory().clear(own, 1);
                    status |= decodeTokens(own, prompt);
                    status |= api.contexts().logits(own, -1, logits);
                    wrong.addAndGet(status == OK && Arrays.equals(logits, expected) ? 0 : 1);
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).hasValue(0);
    }
}
