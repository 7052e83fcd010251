package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Drafts on models whose memory forgets them, and on such whose memory cannot. */
@Timeout(300)
class SpeculationMemoryIT {

    @TempDir
    static Path folder;

    private static ContextOptions.Builder context() {
        return ContextOptions.builder().threads(1).batchThreads(1);
    }

    /** Wrong drafts leave a recurrent state, or a window that has moved on, by a checkpoint. */
    @ParameterizedTest
    @EnumSource(TinyMemoryGguf.class)
    void memoryThatCannotForget_manyAnswers_areAsAlone(TinyMemoryGguf kind) throws IOException {
        try (Model model = EngineFixture.load(kind, folder)) {
            long before = TestModels.settledHandles();
            assertAsAlone(model, context().kvCache(kv -> kv.swaFull(false)).build(), 12);
            EngineFixture.awaitHandles(before);
        }
    }

    /** Accepted tokens are decoded again, which replaces the outputs of the step. */
    @Test
    void hybrid_logProbabilities_areThoseWithoutDrafts() throws IOException {
        try (Model model = EngineFixture.load(TinyMemoryGguf.HYBRID, folder);
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options().context(context().build()).build())) {
            Request.Builder request =
                    EngineFixture.greedy(5, 6, 7).maxTokens(40).logProbabilities(2);
            Generation plain = engine.submit(request.build());
            plain.text();
            Generation drafted = engine.submit(
                    request.speculation(new Speculation.NGram(1, 4, false)).build());
            drafted.text();
            assertThat(drafted.usage().draftedTokens())
                    .isGreaterThan(drafted.usage().acceptedTokens());
            assertThat(drafted.tokens()).containsExactly(plain.tokens());
            for (int i = 0; i < 40; i++) {
                assertThat(drafted.logProbabilities().get(i).chosen().logProbability())
                        .as("token %d", i)
                        .isEqualTo(plain.logProbabilities().get(i).chosen().logProbability(), within(1e-3));
            }
        }
    }

    @Test
    void hybrid_draftedByADenseModel_isAsAlone() throws IOException {
        try (Model model = EngineFixture.load(TinyMemoryGguf.HYBRID, folder);
                Model draft = TestModels.tiny();
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .context(context().build())
                                .draftModel(draft)
                                .speculation(new Speculation.DraftModel(4, 0, false))
                                .build())) {
            Generation answer =
                    engine.submit(EngineFixture.greedy(5, 6, 7).maxTokens(40).build());
            answer.text();
            EngineIT.assertGreedy(model, new int[] {5, 6, 7}, answer.tokens());
            assertThat(answer.usage().draftedTokens()).isPositive();
        }
    }

    @Test
    void submit_fewerOutputsThanDrafts_isRefused() {
        try (Model model = TestModels.tiny();
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .context(context().outputsMax(35).build())
                                .build())) {
            engine.submit(EngineFixture.greedy(5, 6)
                            .speculation(Speculation.ngram(3, 7))
                            .maxTokens(3)
                            .build())
                    .text();
            assertThatThrownBy(() -> engine.submit(EngineFixture.greedy(5, 6)
                            .speculation(Speculation.ngram())
                            .build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("outputsMax is 35");
        }
    }

    @Test
    void slidingWindowOfFullSize_manyAnswers_areAsAlone() throws IOException {
        try (Model model = EngineFixture.load(TinyMemoryGguf.SLIDING_WINDOW, folder)) {
            assertAsAlone(model, context().kvCache(kv -> kv.swaFull(true)).build(), 24);
        }
    }

    /** With snapshots an answer in some hundreds went wrong after a draft was taken back. */
    @Test
    void submit_hybridWithSnapshots_isRefused() throws IOException {
        try (Model model = EngineFixture.load(TinyMemoryGguf.HYBRID, folder);
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .context(context().recurrentSnapshots(8).build())
                                .build())) {
            assertThatThrownBy(() -> engine.submit(EngineFixture.greedy(5, 6)
                            .speculation(Speculation.ngram())
                            .build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NGram[size=3, maxDraft=8, adaptive=true]")
                    .hasMessageContaining("recurrentSnapshots");
            assertThat(engine.snapshot().submitted()).isZero();
        }
    }

    @Test
    void dense_manyAnswersWithLittleRoom_areAsAlone() {
        try (Model model = TestModels.tiny()) {
            assertAsAlone(model, context().build(), 12);
            assertAsAlone(model, context().microBatchSize(8).build(), 8);
        }
    }

    private static void assertAsAlone(Model model, ContextOptions context, int maxPrefillTokens) {
        for (KvCacheLayout policy : List.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED)) {
            try (Engine engine = Engine.start(
                    model,
                    EngineFixture.options()
                            .context(context)
                            .kvLayout(policy)
                            .maxPrefillTokens(maxPrefillTokens)
                            .build())) {
                Random random = new Random(1);
                List<Generation> all = new ArrayList<>();
                for (int i = 0; i < 16; i++) {
                    int[] prompt = EngineFixture.prompt(random, 1 + random.nextInt(70));
                    Generation first = engine.submit(EngineFixture.greedy(prompt)
                            .speculation(i % 5 == 4 ? Speculation.none() : new Speculation.NGram(1, 1 + i % 8, false))
                            .answers(1 + i % 3)
                            .maxTokens(60)
                            .build());
                    all.addAll(first.answers());
                    if (i % 4 == 1) {
                        first.answers().get(i % first.answers().size()).cancel();
                    }
                }
                for (Generation answer : all) {
                    answer.text();
                    Prompt.Tokens prompt = (Prompt.Tokens) answer.request().prompt();
                    EngineIT.assertGreedy(model, prompt.ids(), answer.tokens());
                }
                EngineSnapshot snapshot = engine.snapshot();
                assertThat(snapshot.failed()).isZero();
                assertThat(snapshot.acceptedTokens()).isPositive();
                assertThat(snapshot.draftedTokens()).as("some were wrong").isGreaterThan(snapshot.acceptedTokens());
                EngineFixture.awaitIdle(engine);
            }
        }
    }
}
