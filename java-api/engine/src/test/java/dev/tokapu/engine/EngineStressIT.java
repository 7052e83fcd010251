package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.text.FinishReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads, many random requests; {@code -Dtokapu.stress.requests} for more of them. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class EngineStressIT {

    private static final int REQUESTS =
            Integer.getInteger("tokapu.stress.requests", Thorough.cases(10_000, 4000, 2000));
    private static final int THREADS = 8;
    private static final int OUTSTANDING = 8;
    private static final int CHECKED = 200;

    @TinyModel
    private static Model model;

    private final AtomicLong accepted = new AtomicLong();
    private final Queue<Generation> greedy = new ConcurrentLinkedQueue<>();

    private static EngineOptions.Builder options() {
        return EngineFixture.options().maxSequences(16).sequenceContextSize(128).queueCapacity(48);
    }

    private Request random(Random random) {
        Request.Builder request = Request.builder(EngineFixture.prompt(random, 1 + random.nextInt(24)));
        request.ignoreEnd(random.nextBoolean()).maxTokens(1 + random.nextInt(8));
        switch (random.nextInt(4)) {
            case 0 -> request.samplers(Sampler.topK(20), Sampler.temperature(1.5), Sampler.dist(random.nextInt()));
            case 1 -> request.seed(random.nextInt(1000));
            default -> request.samplers(Sampler.greedy());
        }
        if (random.nextInt(10) == 0) {
            request.answers(2 + random.nextInt(3));
        }
        if (random.nextInt(10) == 0) {
            request.stops("e", "the ", "\u00e9");
        }
        if (random.nextInt(20) == 0) {
            request.deadline(Duration.ofMillis(1 + random.nextInt(20)));
        }
        if (random.nextInt(50) == 0) {
            request.logProbabilities(3);
        }
        if (random.nextInt(3) == 0) {
            request.speculation(
                    new Speculation.NGram(1 + random.nextInt(2), 1 + random.nextInt(8), random.nextBoolean()));
        }
        return request.tenant("tenant " + random.nextInt(5))
                .priority(random.nextInt(3))
                .build();
    }

    private long work(Engine engine, int requests, int seed) throws InterruptedException {
        Random random = new Random(seed);
        Deque<Generation> mine = new ArrayDeque<>();
        for (int i = 0; i < requests; ) {
            try {
                Generation generation = engine.submit(random(random));
                accepted.addAndGet(generation.answers().size());
                mine.addAll(generation.answers());
                i++;
                if (random.nextInt(10) == 0) {
                    int which = random.nextInt(generation.answers().size());
                    generation.answers().get(which).cancel();
                }
            } catch (RequestRejectedException e) {
                end(mine.poll(), random);
            }
            while (mine.size() > OUTSTANDING) {
                end(mine.poll(), random);
            }
        }
        while (!mine.isEmpty()) {
            end(mine.poll(), random);
        }
        return requests;
    }

    private void end(Generation generation, Random random) throws InterruptedException {
        if (generation == null) {
            Thread.sleep(1);
            return;
        }
        if (random.nextInt(8) == 0) {
            generation.cancel();
        }
        if (random.nextBoolean()) {
            for (String piece : generation) {
                assertThat(piece).isNotEmpty();
            }
        } else {
            assertThat(generation.result().join().text()).isEqualTo(generation.textSoFar());
        }
        boolean isGreedy = generation.request().generation().samplers().equals(List.of(Sampler.greedy()));
        if (isGreedy && generation.tokens().length > 0 && greedy.size() < CHECKED && random.nextInt(20) == 0) {
            greedy.add(generation);
        }
    }

    private void run(Engine engine, int requests, int seed) throws Exception {
        List<FutureTask<Long>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int own = seed + i;
            threads.add(TestModels.start("stress-" + i, () -> work(engine, requests / THREADS, own)));
        }
        for (FutureTask<Long> thread : threads) {
            assertThat(thread.get(25, TimeUnit.MINUTES)).isEqualTo(requests / THREADS);
        }
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void submit_manyRandomRequests_allEndAndNothingIsLeft() throws Exception {
        long handles = TestModels.settledHandles();
        for (KvCacheLayout policy : KvCacheLayout.values()) {
            try (Engine engine = Engine.start(model, options().kvLayout(policy).build())) {
                accepted.set(0);
                run(engine, 800, 1);
                EngineFixture.awaitIdle(engine);
                long heap = usedHeap();
                run(engine, REQUESTS / 2, 100);
                EngineFixture.awaitIdle(engine);
                assertThat(usedHeap() - heap).as("growth of the heap").isLessThan(16L << 20);
                EngineSnapshot end = engine.snapshot();
                assertThat(end.completed() + end.cancelled() + end.expired()).isEqualTo(accepted.get());
                assertThat(end.failed()).isZero();
                assertThat(end.acceptedTokens()).isPositive();
                assertThat(end.completed()).isGreaterThan(accepted.get() / 2);
                assertThat(end.cancelled()).isPositive();
            }
            EngineFixture.awaitHandles(handles);
        }
        assertThat(greedy).isNotEmpty();
        for (Generation generation : greedy) {
            Prompt.Tokens prompt = (Prompt.Tokens) generation.request().prompt();
            EngineIT.assertGreedy(model, prompt.ids(), generation.tokens());
        }
    }

    @Test
    void submit_sixteenTimesTheSlots_everyRequestEndsInSuccessOrRejection() throws Exception {
        try (Engine engine =
                Engine.start(model, options().maxSequences(4).queueCapacity(4).build())) {
            List<FutureTask<int[]>> clients = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                int seed = i;
                clients.add(TestModels.start("client-" + i, () -> {
                    Random random = new Random(seed);
                    int[] ends = new int[2];
                    for (int request = 0; request < 20; request++) {
                        try {
                            int[] prompt = EngineFixture.prompt(random, 1 + random.nextInt(20));
                            Answer answer = engine.submit(EngineFixture.greedy(prompt)
                                            .maxTokens(8)
                                            .build())
                                    .result()
                                    .join();
                            assertThat(answer.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
                            ends[0]++;
                        } catch (RequestRejectedException e) {
                            assertThat(e.retryAfter()).isPositive();
                            ends[1]++;
                            Thread.sleep(Math.min(5, e.retryAfter().toMillis()));
                        }
                    }
                    return ends;
                }));
            }
            long succeeded = 0;
            long rejected = 0;
            for (FutureTask<int[]> client : clients) {
                int[] ends = client.get(5, TimeUnit.MINUTES);
                succeeded += ends[0];
                rejected += ends[1];
            }
            assertThat(succeeded + rejected).isEqualTo(64 * 20);
            assertThat(succeeded).isPositive();
            assertThat(rejected).isPositive();
            EngineFixture.awaitIdle(engine);
            assertThat(engine.snapshot().completed()).isEqualTo(succeeded);
            assertThat(engine.snapshot().rejected()).isEqualTo(rejected);
        }
    }
}
