package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.engine.draft.DraftPlanner;
import dev.tokapu.engine.run.EngineConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The context of an engine's MTP heads: its beginning, its end, and what happens when it fails. */
@Timeout(300)
class MtpLifeIT {

    private static final Speculation ALWAYS = new Speculation.Mtp(4, 0, false);
    private static final int[] PROMPT = {5, 6, 7};

    private static EngineOptions.Builder options() {
        return EngineFixture.options().speculation(ALWAYS);
    }

    private static Generation answer(Engine engine, int most) {
        return engine.submit(EngineFixture.greedy(PROMPT).maxTokens(most).build());
    }

    @Test
    void engines_leaveNothingBehind_alsoWhenTheModelIsClosedFirst() {
        long before = TestModels.settledHandles();
        for (boolean modelFirst : new boolean[] {false, true}) {
            Model model = TestModels.mtp();
            Engine engine = Engine.start(model, options().build());
            answer(engine, 200).iterator().next();
            if (modelFirst) {
                model.close();
            }
            engine.close();
            model.close();
        }
        EngineFixture.awaitHandles(before);
    }

    @Test
    void headsThatFail_takeNoAnswerWithThem() {
        withContexts((engine, target, heads) -> {
            answer(engine, 20).text();
            assertThat(engine.snapshot().modelDraftedTokens()).isPositive();
            Runnable goOn = EngineFixture.hold(engine);
            Generation answer = answer(engine, 40);
            engine.core().loop().tell(loop -> heads.close());
            goOn.run();
            assertGreedy(engine, answer, false);
            assertGreedy(engine, answer(engine, 20), false);
        });
    }

    /** Where sequences share sliding windows, those of some steps are not told apart: drafts ended for good with the first. */
    @Test
    void stepsWithoutHiddenStates_areLeftOut() {
        withContexts((engine, target, heads) -> {
            for (boolean kept : new boolean[] {true, false, true}) {
                Runnable goOn = EngineFixture.hold(engine);
                Generation answer = answer(engine, 40);
                engine.core().loop().tell(loop -> target.setHiddenStates(kept));
                goOn.run();
                assertGreedy(engine, answer, kept);
            }
        });
    }

    /** What is tried on an engine and its contexts. */
    private interface Trial {
        void run(Engine engine, Context target, Context heads);
    }

    private static void withContexts(Trial trial) {
        long before = TestModels.settledHandles();
        try (Model model = TestModels.mtp()) {
            EngineOptions options = options().build();
            EngineConfig config = OptionsResolver.resolve(model, options).build();
            Context target = model.newContext(config.contextOptions());
            target.setHiddenStates(true);
            Context heads = model.newMtpContext(config.contextOptions());
            DraftPlanner drafts = new DraftPlanner(3, target, heads, config.maxSequences(), config.samplingThreads());
            EngineContexts contexts = new EngineContexts(new ReplicaSpec(model, options, config), target, drafts);
            try (Engine engine = Engine.start(options, List.of(contexts))) {
                trial.run(engine, target, heads);
            }
        }
        EngineFixture.awaitHandles(before);
    }

    private static void assertGreedy(Engine engine, Generation answer, boolean drafted) {
        EngineIT.assertGreedy(engine.model(), answer);
        assertThat(answer.usage().draftedTokens() > 0).isEqualTo(drafted);
        assertThat(engine.snapshot().failed()).isZero();
        EngineFixture.awaitIdle(engine);
    }

    @Test
    void embeddings_withHeads_areRefused() {
        try (Model model = TestModels.mtp()) {
            assertThatThrownBy(() -> Engine.start(
                            model,
                            options()
                                    .context(TestModels.small().embeddings(true).build())
                                    .build()))
                    .hasMessageContaining("embeddings");
        }
    }
}
