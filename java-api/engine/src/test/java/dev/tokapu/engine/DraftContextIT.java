package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.draft.DraftPlanner;
import dev.tokapu.engine.run.EngineConfig;
import dev.tokapu.sampling.Sampler;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The context of a draft model that fails, hangs, is full, or computes in vain. */
@Timeout(300)
class DraftContextIT {

    private static final Speculation ALWAYS = new Speculation.DraftModel(4, 0, false);

    @TinyModel
    private static Model model;

    private static EngineOptions.Builder options() {
        return EngineFixture.options().draftModel(model).speculation(ALWAYS);
    }

    private static Request.Builder request(int length, int most) {
        return EngineFixture.greedy(EngineFixture.prompt(new Random(length), length))
                .maxTokens(most);
    }

    private static void assertGreedy(Generation answer) {
        answer.text();
        int[] prompt = ((Prompt.Tokens) answer.request().prompt()).ids();
        EngineIT.assertGreedy(model, prompt, answer.tokens());
    }

    /** An engine, and the context that drafts for it. */
    private record Drafting(Engine engine, Context context) {

        static Drafting start(EngineOptions options) {
            EngineConfig config = OptionsResolver.resolve(model, options).build();
            Context context = model.newContext(DraftStart.settings(model, config));
            DraftPlanner drafts = new DraftPlanner(
                    3, context, config.maxSequences(), model.vocab().size(), config.samplingThreads());
            EngineContexts contexts = new EngineContexts(
                    new ReplicaSpec(model, options, config), model.newContext(config.contextOptions()), drafts);
            return new Drafting(Engine.start(options, List.of(contexts)), context);
        }
    }

    @Test
    void draftContext_thatFails_takesNoAnswerWithIt() {
        long before = TestModels.settledHandles();
        Drafting drafting = Drafting.start(options().build());
        try (Engine engine = drafting.engine()) {
            assertGreedy(engine.submit(request(10, 10).build()));
            long drafted = engine.snapshot().modelDraftedTokens();
            assertThat(drafted).isPositive();
            Runnable goOn = EngineFixture.hold(engine);
            List<Generation> answers =
                    engine.submit(request(20, 20).answers(2).build()).answers();
            engine.core().loop().tell(loop -> drafting.context().close());
            goOn.run();
            answers.forEach(DraftContextIT::assertGreedy);
            assertGreedy(engine.submit(
                    request(30, 10).speculation(Speculation.draft()).build()));
            assertThat(engine.snapshot().failed()).isZero();
            assertThat(engine.snapshot().modelDraftedTokens()).isEqualTo(drafted);
            EngineFixture.awaitIdle(engine);
        }
        EngineFixture.awaitHandles(before);
    }

    /** No token of a random model is certain: the draft model reads the prompt and tries, and then reads less and less of the answer. */
    @Test
    void tokensThatAreNeverOffered_endDrafting() {
        Drafting drafting = Drafting.start(
                options().speculation(new Speculation.DraftModel(8, 1, true)).build());
        try (Engine engine = drafting.engine()) {
            int last = -1;
            for (int i = 0; i < 100 && last < 0; i++) { // until times look as if drafts could pay
                Generation answer = engine.submit(request(20, 200).build());
                answer.text();
                assertThat(answer.usage().draftedTokens()).isZero();
                EngineFixture.awaitIdle(engine); // or its thread might be in the context
                for (int slot = 0; slot < engine.core().config().maxSequences(); slot++) {
                    last = Math.max(last, drafting.context().kvCache().maxPosition(slot));
                }
            }
            assertThat(last).isBetween(19, 210);
        }
    }

    /** Of 256 cells three texts of 63 tokens take 201 with their drafts; the fourth one has to wait. */
    @Test
    void drafts_haveRoomToTheirEnd() {
        try (Engine engine = Engine.start(
                model, options().kvLayout(KvCacheLayout.UNIFIED).kvTokens(256).build())) {
            List<Generation> answers =
                    engine.submit(request(62, 6).answers(4).build()).answers();
            answers.forEach(DraftContextIT::assertGreedy);
            assertThat(answers.stream().filter(answer -> answer.usage().draftedTokens() >= 4))
                    .as("drafts of the first step")
                    .hasSizeGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void answerThatIsPausedInItsTrial_leavesDraftsToOthers() {
        try (Engine engine =
                Engine.start(model, options().speculation(Speculation.draft()).build())) {
            AtomicBoolean tried = new AtomicBoolean();
            Generation paused = engine.submit(EngineFixture.greedy(5, 6)
                    .samplers(
                            Sampler.customLogits((tokens, candidates) -> {
                                if (tokens.generatedSize() == 1) {
                                    tried.set(true);
                                    EngineFixture.await("pause", () -> !tried.get());
                                }
                            }),
                            Sampler.greedy())
                    .build());
            EngineFixture.await("trial", tried::get);
            paused.pause();
            tried.set(false);
            for (int i = 0; i < 100 && engine.snapshot().modelDraftedTokens() <= 2; i++) {
                engine.submit(request(5, 200)
                                .samplers(
                                        Sampler.customLogits((tokens, candidates) ->
                                                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2))),
                                        Sampler.greedy())
                                .build())
                        .text();
            }
            assertThat(engine.snapshot().modelDraftedTokens()).isGreaterThan(2);
            paused.cancel();
        }
    }

    @Test
    void draftingThatHangs_isReported() {
        AtomicBoolean seen = new AtomicBoolean();
        EngineListener listener = new EngineListener() {
            @Override
            public void hanging(Duration since, StackTraceElement[] stack) {
                if (Arrays.stream(stack).anyMatch(frame -> frame.getClassName().equals(DraftPlanner.class.getName()))) {
                    seen.set(true);
                }
            }
        };
        Speculation most = new Speculation.DraftModel(64, 0, false);
        try (Engine engine = Engine.start(
                model,
                options()
                        .speculation(most)
                        .watchdog(Duration.ofMillis(1))
                        .listener(listener)
                        .build())) {
            for (int i = 0; i < 50 && !seen.get(); i++) {
                engine.submit(request(10, 200).build()).text();
            }
            EngineFixture.await("report", seen::get);
        }
    }

    @Test
    void embeddings_withADraftModel_areRefused() {
        assertThatThrownBy(() -> Engine.start(
                        model,
                        EngineFixture.options()
                                .context(TestModels.small().embeddings(true).build())
                                .draftModel(model)
                                .build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("draft model");
    }
}
