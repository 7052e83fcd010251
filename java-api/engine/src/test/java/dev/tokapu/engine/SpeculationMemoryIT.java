package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/** Drafts on models whose memory cannot simply forget them. */
@Timeout(300)
class SpeculationMemoryIT {

    @TempDir
    static Path folder;

    private static ContextOptions.Builder context() {
        return ContextOptions.builder().threads(1).batchThreads(1);
    }

    @ParameterizedTest
    @EnumSource(TinyMemoryGguf.class)
    void submit_memoryThatCannotTakeBack_isRefused(TinyMemoryGguf kind) throws IOException {
        String advice = kind == TinyMemoryGguf.SLIDING_WINDOW ? "swaFull" : "Speculation.none()";
        try (Model model = EngineFixture.load(kind, folder);
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .context(context()
                                        .kvCache(kv -> kv.swaFull(false))
                                        .build())
                                .build())) {
            assertThatThrownBy(() -> engine.submit(EngineFixture.greedy(5, 6)
                            .speculation(Speculation.ngram())
                            .build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NGram[size=3, maxDraft=8, adaptive=true]")
                    .hasMessageContaining(advice);
            assertThat(engine.snapshot().submitted()).isZero();
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
                    .hasMessageContaining("cannot be taken back");
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
