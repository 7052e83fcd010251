package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.gguf.GgufBuilder;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.MetadataType;
import dev.tokapu.gguf.MetadataValue;
import dev.tokapu.testsupport.ScriptedGguf;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Draft models that come and go, and such as an engine refuses. */
@Timeout(300)
class DraftModelLifeIT {

    private static final Speculation ALWAYS = new Speculation.DraftModel(4, 0, false);

    @TempDir
    static Path folder;

    @TinyModel
    private static Model model;

    private static EngineOptions.Builder options(Model draft) {
        return EngineFixture.options().draftModel(draft).speculation(ALWAYS);
    }

    private static Generation answer(Engine engine, int most) {
        return engine.submit(EngineFixture.greedy(5, 6, 7).maxTokens(most).build());
    }

    @Test
    void draftModel_closedEarly_goesOnDrafting() {
        Model draft = TestModels.tiny();
        try (Engine engine = Engine.start(model, options(draft).build())) {
            draft.close();
            Generation answer = answer(engine, 20);
            answer.text();
            EngineIT.assertGreedy(model, new int[] {5, 6, 7}, answer.tokens());
            assertThat(answer.usage().draftedTokens()).isPositive();
        }
    }

    @Test
    void engines_leaveNothingBehind_inAnyOrder() {
        long before = TestModels.settledHandles();
        for (boolean modelFirst : new boolean[] {false, true}) {
            Model draft = TestModels.tiny();
            Engine engine = Engine.start(model, options(draft).build());
            Generation answer = answer(engine, 200);
            answer.iterator().next();
            if (modelFirst) {
                draft.close();
            }
            engine.close();
            draft.close();
        }
        EngineFixture.awaitHandles(before);
    }

    @Test
    void memory_hasThatOfBothContexts() {
        try (Engine plain = Engine.start(model, EngineFixture.options().build());
                Engine drafting = Engine.start(model, options(model).build())) {
            assertThat(drafting.memory().totalBytes())
                    .isGreaterThan(plain.memory().totalBytes());
        }
    }

    @Test
    void submit_withoutADraftModel_isRefused() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            assertThatThrownBy(() -> engine.submit(EngineFixture.greedy(5)
                            .speculation(Speculation.draft())
                            .build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("EngineOptions.draftModel");
        }
        assertThatThrownBy(() -> Engine.start(
                        model,
                        EngineFixture.options().speculation(Speculation.draft()).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("EngineOptions.draftModel");
    }

    @Test
    void start_otherTokens_isRefused() {
        GgufFile file = GgufFile.open(TestModels.tinyFile());
        List<String> tokens = new ArrayList<>();
        ((List<?>) file.metadata().get("tokenizer.ggml.tokens")).forEach(token -> tokens.add(String.valueOf(token)));
        tokens.set(300, tokens.get(300) + "x");
        Path renamed = folder.resolve("renamed.gguf");
        GgufBuilder edited = new GgufBuilder()
                .putAll(file)
                .put("tokenizer.ggml.tokens", MetadataValue.of(MetadataType.STRING, tokens));
        file.tensors().forEach(tensor -> edited.tensor(TestModels.tinyFile(), tensor));
        edited.write(renamed);
        Path bytes = TinyGguf.write(folder.resolve("bytes.gguf"), new ScriptedGguf(List.of(), List.of()).bytes());
        long before = TestModels.settledHandles();
        assertOtherTokens(renamed, "its token 300 is '" + tokens.get(300) + "'");
        assertOtherTokens(bytes, "its tokenizer is ");
        EngineFixture.awaitHandles(before);
    }

    private static void assertOtherTokens(Path file, String difference) {
        try (Model different = Model.load(file)) {
            assertThatThrownBy(() -> Engine.start(model, options(different).build()))
                    .isInstanceOf(VocabularyMismatchException.class)
                    .hasMessageContaining(difference)
                    .hasMessageContaining("same family");
        }
    }

    @Test
    void start_memoryThatCannotTakeBack_isRefused() throws IOException {
        try (Model hybrid = EngineFixture.load(TinyMemoryGguf.HYBRID, folder)) {
            assertThatThrownBy(() -> Engine.start(hybrid, options(hybrid).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot be a draft model");
        }
    }
}
