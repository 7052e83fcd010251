package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that an EAGLE-3 draft model drafts. */
class Eagle3IT extends HeadsAnswers {

    @TempDir
    static Path folder;

    private static Model model;
    private static Model draft;

    @BeforeAll
    static void load() {
        model = Model.load(TinyGguf.builder().turns().build().write(folder.resolve("target.gguf")));
        draft = Model.load(TinyGguf.builder().eagle3(0, 0).build().write(folder.resolve("eagle3.gguf")));
    }

    @AfterAll
    static void close() {
        draft.close();
        model.close();
    }

    @Override
    Model model() {
        return model;
    }

    @Override
    EngineOptions.Builder options() {
        return EngineFixture.options().maxSequences(8).draftModel(draft).speculation(always(4, 0));
    }

    @Override
    Speculation always(int maxDraft, double minProbability) {
        return new Speculation.DraftModel(maxDraft, minProbability, false);
    }

    @Override
    Speculation usual() {
        return Speculation.draft();
    }

    /** It may be closed once the engine has started, and its weights are its own. */
    @Test
    void memory_ofADraftModelThatIsClosed_hasItsWeights() {
        try (Model closed = Model.load(folder.resolve("eagle3.gguf"));
                Engine plain = Engine.start(model, EngineFixture.options().build());
                Engine engine = Engine.start(model, options().draftModel(closed).build())) {
            closed.close();
            assertThat(MtpIT.weights(engine)).isGreaterThan(MtpIT.weights(plain));
            Generation answer = engine.submit(EngineFixture.request(1, 30, 30).build());
            answer.text();
            assertThat(answer.usage().acceptedTokens()).isPositive();
        }
    }

    /** Its hidden states come in another order than its tokens, and rejected drafts are taken back by checkpoints. */
    @Test
    void hybridModel_manyAnswers_areAsAlone() throws IOException {
        for (KvCacheLayout layout : List.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED)) {
            try (Model hybrid = EngineFixture.load(TinyMemoryGguf.HYBRID, folder);
                    Engine engine =
                            Engine.start(hybrid, options().kvLayout(layout).build())) {
                List<Generation> answers = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    answers.add(engine.submit(
                            EngineFixture.request(i, 1 + 7 * i, 24).build()));
                }
                for (Generation answer : answers) {
                    EngineIT.assertGreedy(hybrid, answer);
                }
                assertThat(engine.snapshot().modelDraftedTokens()).isPositive();
                assertThat(engine.snapshot().failed()).isZero();
            }
        }
    }

    @Test
    void engines_leaveNothingBehind_inWhateverOrderIsClosed() {
        long before = TestModels.settledHandles();
        for (int order = 0; order < 3; order++) {
            Model answers = Model.load(folder.resolve("target.gguf"));
            Model drafts = Model.load(folder.resolve("eagle3.gguf"));
            Engine engine = Engine.start(answers, options().draftModel(drafts).build());
            engine.submit(EngineFixture.request(1, 5, 200).build()).iterator().next();
            if (order == 1) {
                answers.close();
            } else if (order == 2) {
                drafts.close();
            }
            engine.close();
            answers.close();
            drafts.close();
        }
        EngineFixture.awaitHandles(before);
    }

    @Test
    void start_modelsThatDoNotFit_isRefused() throws IOException {
        Path layers = TinyGguf.builder()
                .eagle3(0, 0)
                .metadata("eagle3.target_layers", new int[] {0, 1, 3})
                .build()
                .write(folder.resolve("layers.gguf"));
        Path tokens =
                TinyGguf.builder().furtherToken("more").eagle3(0, 0).build().write(folder.resolve("tokens.gguf"));
        try (Model other = Model.load(layers);
                Model more = Model.load(tokens);
                Model window = EngineFixture.load(TinyMemoryGguf.SLIDING_WINDOW, folder)) {
            assertThatThrownBy(() -> Engine.start(window, options().build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cohere2");
            assertThatThrownBy(() ->
                            Engine.start(model, options().draftModel(other).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("layer 3");
            assertThatThrownBy(
                            () -> Engine.start(model, options().draftModel(more).build()))
                    .isInstanceOf(ContextCreationException.class)
                    .hasMessageContaining("the target's model");
            assertThatThrownBy(() -> Engine.start(draft, EngineFixture.options().build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("encoder");
        }
    }
}
