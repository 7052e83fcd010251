package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine on a tiny random F32 model, compared with single-sequence runs. */
@Timeout(300)
class EngineIT {

    @TinyModel
    private static Model model;

    private static EngineOptions.Builder options() {
        return EngineOptions.builder()
                .context(ContextOptions.builder().threads(1).batchThreads(1).build())
                .maxSequences(4)
                .sequenceContextSize(128)
                .samplingThreads(2);
    }

    private static int[] prompt(Random random, int length) {
        return random.ints(length, 3, 300).toArray();
    }

    /**
     * Each token is the likeliest one after those before it, in a run of one sequence, token by token. Kernels add up in another
     * order for other shapes of batches, so that where two tokens are as good as equally likely either may be chosen: of 10,000 answers one
     * had a token 0.022 below the likeliest. A single other token in the prompt changes logits by 0.1 and more (SequenceIT).
     */
    static void assertGreedy(Model model, Generation answer) {
        answer.text();
        assertGreedy(model, ((Prompt.Tokens) answer.request().prompt()).ids(), answer.tokens());
    }

    static void assertGreedy(Model model, int[] prompt, int[] tokens) {
        assertGreedy(model, LoraSet.NONE, prompt, tokens);
    }

    static void assertGreedy(Model model, LoraSet adapters, int[] prompt, int[] tokens) {
        ContextOptions options = ContextOptions.builder()
                .contextSize(prompt.length + tokens.length)
                .threads(1)
                .batchThreads(1)
                .build();
        try (Context context = model.newContext(options)) {
            adapters.applyTo(context);
            Batch batch = new Batch(prompt.length).addAll(prompt, 0, 0);
            for (int i = 0; i < tokens.length; i++) {
                context.decode(batch);
                float[] logits = context.outputs().logits(-1);
                float best = logits[0];
                for (float logit : logits) {
                    best = Math.max(best, logit);
                }
                assertThat(logits[tokens[i]])
                        .as("logit of token %d, the largest being %f", i, best)
                        .isGreaterThanOrEqualTo(best - TestModels.tolerance(model, 0.05f));
                batch.clear().add(tokens[i], prompt.length + i, 0, true);
            }
        }
    }

    @Test
    void submit_manyGreedyRequests_answerAsAlone() {
        Random random = new Random(1);
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            prompts.add(prompt(random, 1 + random.nextInt(90)));
        }
        for (KvCacheLayout policy : List.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED)) {
            try (Engine engine = Engine.start(
                    model, options().kvLayout(policy).maxPrefillTokens(32).build())) {
                List<Generation> generations = new ArrayList<>();
                for (int[] prompt : prompts) {
                    generations.add(engine.submit(Request.builder(prompt)
                            .samplers(Sampler.greedy())
                            .ignoreEnd(true)
                            .maxTokens(20)
                            .build()));
                }
                for (int i = 0; i < prompts.size(); i++) {
                    generations.get(i).result().join();
                    assertThat(generations.get(i).tokens()).as("request %d", i).hasSize(20);
                    assertGreedy(model, prompts.get(i), generations.get(i).tokens());
                }
                assertThat(engine.snapshot().completed()).isEqualTo(24);
            }
        }
    }

    /** A step that varied its shape once had an output more than these. */
    @Test
    void submit_outputsForEachSequenceOnly_areEnoughAlsoOnAGpu() {
        ContextOptions few =
                options().build().context().toBuilder().outputsMax(2).build();
        EngineOptions options = options()
                .context(few)
                .maxSequences(2)
                .maxDecodeSlowdown(1.1) // small pieces
                .interTokenLatencyTarget(Duration.ZERO)
                .build();
        for (int cost : new int[] {0, 16}) {
            try (Engine engine = EngineFixture.asOnGpu(model, options, cost).start(model)) {
                Generation first = engine.submit(Request.builder(prompt(new Random(1), 5))
                        .samplers(Sampler.greedy())
                        .ignoreEnd(true)
                        .maxTokens(100)
                        .build());
                for (int i = 0; i < 30; i++) {
                    int[] prompt = prompt(new Random(i), 8 + i);
                    engine.submit(Request.builder(prompt)
                                    .samplers(Sampler.greedy())
                                    .maxTokens(2)
                                    .build())
                            .text();
                }
                first.text();
                assertThat(first.tokens()).hasSize(100);
            }
        }
    }

    @Test
    void submit_severalAnswers_areForkedFromOnePrefill() {
        int[] prompt = prompt(new Random(2), 40);
        try (Engine engine = Engine.start(model, options().build())) {
            Generation first = engine.submit(Request.builder(prompt)
                    .samplers(Sampler.greedy())
                    .answers(4)
                    .ignoreEnd(true)
                    .maxTokens(10)
                    .build());
            assertThat(first.answers()).hasSize(4);
            for (Generation answer : first.answers()) {
                answer.text();
                assertThat(answer.tokens()).hasSize(10);
                assertGreedy(model, prompt, answer.tokens());
            }
            assertThat(engine.snapshot().promptTokens()).isEqualTo(40);
        }
    }

    @Test
    void severalAnswers_withASeed_wereAllTheSame() {
        Request request = Request.builder(prompt(new Random(2), 40))
                .samplers(Sampler.dist(7))
                .answers(4)
                .ignoreEnd(true)
                .maxTokens(10)
                .build();
        try (Engine engine = Engine.start(model, options().build())) {
            assertThat(engine.submit(request).answers())
                    .extracting(Generation::text)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void cancel_running_endsWithinAStepAndOthersGoOn() throws InterruptedException {
        int[] prompt = prompt(new Random(3), 10);
        try (Engine engine =
                Engine.start(model, options().sequenceContextSize(2048).build())) {
            Generation endless = engine.submit(EngineFixture.endless(prompt).build());
            Generation other = engine.submit(Request.builder(prompt)
                    .samplers(Sampler.greedy())
                    .ignoreEnd(true)
                    .maxTokens(100)
                    .build());
            endless.iterator().next();
            endless.cancel();
            assertThat(endless.await(Duration.ofMinutes(5))).isTrue();
            assertThat(endless.finishReason()).isEqualTo(FinishReason.CANCELLED);
            other.text();
            assertThat(other.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
            assertThat(other.tokens()).hasSize(100);
        }
    }

    @Test
    void close_whileRunning_endsEverything() throws Exception {
        Engine engine = Engine.start(model, options().sequenceContextSize(2048).build());
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            generations.add(engine.submit(EngineFixture.endless(5, 6).build()));
        }
        engine.close();
        for (Generation generation : generations) {
            assertThat(generation.result().get(5, TimeUnit.MINUTES).finishReason())
                    .isEqualTo(FinishReason.CANCELLED);
        }
        assertThatThrownBy(() -> engine.submit(Request.of("x"))).isInstanceOf(IllegalStateException.class);
        engine.close();
    }

    @Test
    void drain_letsWhatThereIsComeToItsEnd() {
        Engine engine = Engine.start(model, options().build());
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            generations.add(engine.submit(Request.builder(new int[] {5, 6})
                    .samplers(Sampler.greedy())
                    .ignoreEnd(true)
                    .maxTokens(30)
                    .build()));
        }
        assertThat(engine.drain(Duration.ofMinutes(5))).isTrue();
        for (Generation generation : generations) {
            generation.text();
            assertThat(generation.tokens()).hasSize(30);
        }
    }

    @Test
    void chainThatFails_failsItsRequestOnly() {
        try (Engine engine = Engine.start(model, options().build())) {
            Generation bad = engine.submit(Request.builder(new int[] {5, 6})
                    .samplers(
                            Sampler.customLogits((tokens, logits) -> {
                                throw new IllegalStateException("mine");
                            }),
                            Sampler.greedy())
                    .build());
            Generation good = engine.submit(Request.builder(new int[] {5, 6})
                    .samplers(Sampler.greedy())
                    .maxTokens(5)
                    .build());
            assertThatThrownBy(bad::text)
                    .isInstanceOf(GenerationException.class)
                    .hasStackTraceContaining("mine");
            good.text();
            assertGreedy(model, new int[] {5, 6}, good.tokens());
        }
    }

    @Test
    void engineThatFails_toldNoListener() throws Exception {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        EngineListener listener = new EngineListener() {
            @Override
            public void failed(Throwable cause) {
                told.complete(cause);
            }
        };
        try (Engine engine = Engine.start(
                model, options().sequenceContextSize(8192).listener(listener).build())) {
            Generation endless = engine.submit(EngineFixture.endless(5, 6).build());
            IllegalStateException broken = new IllegalStateException("the device is gone");
            engine.core().loop().tell(loop -> {
                throw broken;
            });
            assertThat(told.get(5, TimeUnit.MINUTES)).isSameAs(broken);
            assertThatThrownBy(endless::text)
                    .isInstanceOf(GenerationException.class)
                    .hasCause(broken);
            assertThat(engine.isOpen()).isFalse();
            assertThatThrownBy(() -> engine.submit(Request.of("x")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the device is gone");
        }
    }
}
