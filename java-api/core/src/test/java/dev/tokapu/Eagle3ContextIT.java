package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contexts of EAGLE-3 draft models, and drafts by hand. */
class Eagle3ContextIT {

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

    private static Context target() {
        Context target = model.newContext(TestModels.small().build());
        target.setHiddenStates(draft);
        return target;
    }

    /** It never reads the first token of a text, which follows none. */
    @Test
    void decode_draftsByHand_areMostlyWhatTheModelSays() {
        int right = 0;
        int drafted = 0;
        try (Context target = target();
                Context drafts =
                        draft.newEagle3Context(target, TestModels.small().build())) {
            int token = 300;
            int said = -1;
            for (int position = 0; position < 60; position++) {
                target.decode(new Batch(1).add(token, position, 0, true));
                token = MtpContextIT.likeliest(target, -1);
                right += token == said ? 1 : 0;
                drafted += said >= 0 ? 1 : 0;
                drafts.decode(new Batch(1).add(token, position + 1, 0, true), target, new int[] {0});
                said = MtpContextIT.likeliest(drafts, -1);
            }
        }
        assertThat(right).isBetween(drafted / 2, drafted);
    }

    /** Where layers are recurrent, llama.cpp computes tokens in another order than that of the batch, whatever the KV cache is. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void decode_sequencesOfAHybridModel_haveTheirOwnHiddenStates(boolean unified) throws IOException {
        Path file = Files.write(folder.resolve("hybrid.gguf"), TinyMemoryGguf.HYBRID.bytes());
        ContextOptions options = TestModels.small()
                .maxSequences(2)
                .kvCache(kv -> kv.unified(unified))
                .build();
        try (Model hybrid = Model.load(file);
                Context target = hybrid.newContext(options);
                Context drafts = draft.newEagle3Context(target, options)) {
            target.setHiddenStates(draft);
            target.decode(new Batch(5).addAll(new int[] {5, 9, 17, 33, 8}, 0, 0));
            float[] expected = drafted(drafts, target, new int[] {0, 1, 2, 3, 4});
            target.kvCache().clear();
            Batch mixed = new Batch(8)
                    .add(40, 0, 1, true)
                    .add(5, 0, 0, false)
                    .add(9, 1, 0, false)
                    .add(41, 1, 1, true)
                    .add(17, 2, 0, true)
                    .add(33, 3, 0, false)
                    .add(8, 4, 0, true)
                    .add(42, 2, 1, false);
            target.decode(mixed);
            assertThat(drafted(drafts, target, new int[] {1, 2, 4, 5, 6}))
                    .usingComparatorWithPrecision(TestModels.tolerance(hybrid, 1e-3f))
                    .containsExactly(expected);
        }
    }

    private static float[] drafted(Context drafts, Context target, int[] rows) {
        drafts.kvCache().clear();
        int[] tokens = {9, 17, 33, 8, 21};
        Batch batch = new Batch(tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], i + 1, 0, true);
        }
        assertThat(drafts.decode(batch, target, rows)).isEqualTo(DecodeStatus.OK);
        return drafts.outputs().logits(-1);
    }

    /** Without its target it computes nothing, which is no fault of the file. */
    @Test
    void load_withATrial_findsTheFileSound() {
        for (FileTrial trial : List.of(FileTrial.PLAN, FileTrial.COMPUTE)) {
            ModelOptions options = ModelOptions.builder().trial(trial).build();
            try (Model tried = Model.load(folder.resolve("eagle3.gguf"), options)) {
                assertThat(tried.info().architecture()).isEqualTo("eagle3");
            }
        }
    }

    @Test
    void newEagle3Context_whatDoesNotFit_isRefused() {
        Path layers = TinyGguf.builder()
                .eagle3(0, 0)
                .metadata("eagle3.target_layers", new int[] {0, 1, 3})
                .build()
                .write(folder.resolve("layers.gguf"));
        ContextOptions options = TestModels.small().build();
        try (Model other = Model.load(layers);
                Context target = target()) {
            assertThatThrownBy(() -> other.newEagle3Context(target, options))
                    .isInstanceOf(ContextCreationException.class)
                    .hasMessageContaining("layer 3");
            assertThatThrownBy(() -> target.setHiddenStates(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("layer 3");
            assertThatThrownBy(() -> model.newEagle3Context(target, options))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("architecture llama");
            assertThatThrownBy(() -> draft.newContext(options))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("drafts for another one");
        }
    }

    @Test
    void decode_whenTheTargetIsClosed_throws() {
        Context target = target();
        try (Context drafts = draft.newEagle3Context(target, TestModels.small().build())) {
            target.close();
            Batch batch = new Batch(1).add(5, 1, 0, true);
            assertThatThrownBy(() -> drafts.decode(batch, target, new int[] {-1}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() ->
                            draft.newEagle3Context(target, TestModels.small().build()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
