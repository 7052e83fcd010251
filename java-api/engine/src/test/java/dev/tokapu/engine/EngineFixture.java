package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.LoraAdapter;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.run.EngineConfig;
import dev.tokapu.engine.run.EngineLoop;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** What the engine's tests share. */
public final class EngineFixture {

    private EngineFixture() {}

    public static EngineOptions.Builder options() {
        return EngineOptions.builder()
                .context(ContextOptions.builder().threads(1).batchThreads(1).build())
                .maxSequences(4)
                .sequenceContextSize(256)
                .samplingThreads(2);
    }

    /** A way to lay out sequences. */
    record Layout(EngineOptions options, EngineConfig config) {

        Engine start(Model model) {
            return Engine.start(options, EngineContexts.open(List.of(new ReplicaSpec(model, options, config))));
        }
    }

    /** All ways to lay out sequences, and those of a GPU, which bridges gaps, pads answers and varies steps. */
    static List<Layout> layouts(Model model, EngineOptions.Builder builder) {
        List<Layout> layouts = new ArrayList<>();
        for (KvCacheLayout policy : KvCacheLayout.values()) {
            EngineOptions options = builder.kvLayout(policy).build();
            layouts.add(
                    new Layout(options, OptionsResolver.resolve(model, options).build()));
        }
        layouts.add(asOnGpu(model, builder.kvLayout(KvCacheLayout.SPLIT).build(), 8));
        layouts.add(asOnGpu(model, builder.kvLayout(KvCacheLayout.UNIFIED).build(), 0));
        return layouts;
    }

    /** Steps of a GPU on which a micro-batch costs as much as so many tokens, on a CPU. */
    static Layout asOnGpu(Model model, EngineOptions options, int cost) {
        return new Layout(
                options, OptionsResolver.resolve(model, options).gpu(cost).build());
    }

    static Request.Builder greedy(int... prompt) {
        return Request.builder(prompt).samplers(Sampler.greedy()).ignoreEnd(true);
    }

    /** So many requests with one to three answers each, with all kinds of drafts and without; some answers are cancelled. */
    static List<Generation> submitMixed(Engine engine, int requests, Speculation drafting) {
        Random random = new Random(1);
        List<Generation> all = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            Request.Builder request = request(i, 1 + random.nextInt(70), 24).answers(1 + i % 3);
            Generation first = engine.submit(
                    switch (i % 5) {
                        case 0 -> request.speculation(Speculation.none()).build();
                        case 1 -> request.speculation(Speculation.ngram(1, 4)).build();
                        case 2 -> request.speculation(drafting).build();
                        default -> request.build();
                    });
            all.addAll(first.answers());
            if (i % 4 == 1) {
                first.answers().get(i % first.answers().size()).cancel();
            }
        }
        return all;
    }

    /** A greedy answer of so many tokens to a prompt of random ones. */
    static Request.Builder request(int seed, int length, int most) {
        return greedy(prompt(new Random(seed), length)).maxTokens(most);
    }

    /** An answer that is still generated whenever somebody looks: each token takes a while, and it ends when it is cancelled. */
    public static Request.Builder endless(int... prompt) {
        Sampler slow =
                Sampler.customLogits((tokens, candidates) -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20)));
        return greedy(prompt).samplers(slow, Sampler.greedy());
    }

    /** Says these tokens, again and again, whatever the model would say. */
    static Sampler saying(int... text) {
        return Sampler.customLogits((tokens, candidates) -> {
            int next = text[tokens.generatedSize() % text.length];
            candidates.setLogit(candidates.indexOf(next), 1000);
        });
    }

    /** Holds up an engine between two steps until the runnable that it returns is run. */
    static Runnable hold(Engine engine) {
        return hold(engine.core());
    }

    /** Holds up a replica. */
    static Runnable hold(EngineCore core) {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        core.loop().tell(loop -> {
            held.countDown();
            awaitQuietly(goOn);
        });
        awaitQuietly(held);
        return goOn::countDown;
    }

    /** Does something before each step of a replica to come, until it is no longer wanted. */
    static void eachStep(EngineCore core, Predicate<EngineLoop> isWanted) {
        core.loop().tell(loop -> {
            if (isWanted.test(loop)) {
                eachStep(core, isWanted);
            }
        });
    }

    static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static int[] prompt(Random random, int length) {
        return random.ints(length, 3, 300).toArray();
    }

    /** A model whose memory is not a plain KV cache, written to a folder once. */
    static Model load(TinyMemoryGguf kind, Path folder) throws IOException {
        Path file = folder.resolve(kind.name() + ".gguf");
        if (!Files.exists(file)) {
            Files.write(file, kind.bytes());
        }
        return Model.load(file);
    }

    /** An adapter of random numbers for the tiny model. */
    static LoraAdapter adapter(Model model, Path folder, int seed) {
        return LoraAdapter.load(model, LoraWriter.ofTiny(seed).write(folder.resolve("a" + seed + ".gguf")));
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }

    /** Waits until all is done: nobody runs or waits, nothing is being saved, and the KV cache holds what the prefix cache says. */
    static void awaitIdle(Engine engine) {
        await("idle", () -> {
            EngineSnapshot now = engine.snapshot();
            return now.waiting() == 0 && now.running() == 0 && now.generating() == 0 && now.reservedTokens() == 0;
        });
        await("a KV cache with what is kept", () -> {
            CompletableFuture<Boolean> equal = new CompletableFuture<>();
            engine.core().loop().tell(loop -> equal.complete(holdsWhatIsKept(engine.core(), loop)));
            return equal.join();
        });
    }

    private static boolean holdsWhatIsKept(EngineCore core, EngineLoop loop) {
        for (int slot = 0; slot < core.config().contextSequences(); slot++) {
            CachedSequence kept = loop.scheduler().kept().get(slot);
            if (core.context().kvCache().maxPosition(slot) + 1 != (kept == null ? 0 : kept.length())) {
                return false;
            }
        }
        return true;
    }

    /** Waits until native code holds no more than before. */
    static void awaitHandles(long before) {
        await("live handles", () -> TestModels.liveHandles() <= before);
    }
}
