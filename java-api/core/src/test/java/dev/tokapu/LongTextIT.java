package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.testsupport.PreTokenizers;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.testsupport.TinyGguf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Long runs of one kind of character with all ways of llama.cpp to cut a text into words: {@code std::regex}, which it uses for
 * most, recursed once for each character and ended the process.
 */
@Timeout(600)
class LongTextIT {

    /** They replace or drop blanks, for which this vocabulary has other tokens: only that they come to an end can be tested with it. */
    private static final List<String> OF_OTHER_VOCABULARIES =
            List.of("granite-embed-multi-311m", "sarvam-moe", "whitespace", "gemma4");

    private static final int LENGTH = Thorough.cases(200_000, 20_000, 20_000);

    /** Those whose lists of patterns differ in kind come first; most of them ended the process. */
    static Stream<String> preTokenizers() {
        Stream<String> kinds = Stream.of(
                "deepseek-llm",
                "deepseek-v3",
                "youtu",
                "falcon",
                "smollm",
                "poro-chat",
                "tekken",
                "gpt-4o",
                "superbpe",
                "afmoe",
                "exaone-moe",
                "jais-2",
                "default");
        List<String> all =
                Stream.concat(kinds, PreTokenizers.NAMES.stream()).distinct().toList();
        return all.stream().limit(Thorough.cases(all.size(), 13, 3));
    }

    private static Model vocabularyWith(String preTokenizer) {
        return Model.load(
                DefaultModel.source(),
                ModelOptions.builder()
                        .vocabOnly(true)
                        .metadataOverrides(Map.of("tokenizer.ggml.pre", preTokenizer))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("preTokenizers")
    void tokenize_longRunsOnATinyStack_givesTokensOfTheText(String preTokenizer) throws Exception {
        try (Model model = vocabularyWith(preTokenizer)) {
            List<String> wrong = TestModels.onTinyStack(() -> wrongRuns(model.vocab()));
            if (!OF_OTHER_VOCABULARIES.contains(preTokenizer)) {
                assertThat(wrong).isEmpty();
            }
        }
    }

    @Test
    void tokenize_longRunOnAVirtualThread_givesTokensOfTheText() throws Exception {
        FutureTask<List<String>> task = new FutureTask<>(() -> {
            try (Model model = vocabularyWith("gpt-4o")) {
                return wrongRuns(model.vocab());
            }
        });
        TestModels.startVirtual(task);
        assertThat(task.get()).isEmpty();
    }

    /** Runs whose tokens do not say the text again. */
    private static List<String> wrongRuns(Vocab vocab) {
        return Stream.of("a", "A", "-", "!", "7", " ", "\n", "\u4e2d", "\u00e9", "e\u0301", "a ", "\ud83d\ude00")
                .filter(run -> !isRight(vocab, run.repeat(LENGTH / run.length())))
                .toList();
    }

    private static boolean isRight(Vocab vocab, String text) {
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        for (int token :
                vocab.tokenize(text, TokenizeOptions.builder().addSpecial(false).build())) {
            pieces.writeBytes(vocab.piece(token));
        }
        return Arrays.equals(pieces.toByteArray(), text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void tokenize_blanks_failNoAssertion() {
        for (String preTokenizer : Thorough.some(PreTokenizers.NAMES, 20, 5)) {
            try (Model model = vocabularyWith(preTokenizer)) {
                assertThat(model.vocab().tokenize("a  b \t \n  c   "))
                        .as(preTokenizer)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void tokenize_manyControlTexts_takesTimeInProportion() {
        try (Model model = vocabularyWith("smollm")) {
            String text = "<|im_end|>".repeat(LENGTH);
            assertThat(model.vocab()
                            .tokenize(
                                    text,
                                    TokenizeOptions.builder()
                                            .addSpecial(false)
                                            .parseSpecial(true)
                                            .build()))
                    .hasSize(LENGTH);
        }
    }

    @Test
    void tokenize_manyBytesWithoutATokenOfTheirOwn_takesTimeInProportion() {
        int length = 1_000_000;
        try (Model tiny = TestModels.tiny()) {
            assertThat(tiny.vocab().type()).isEqualTo(VocabType.SPM);
            assertThat(tiny.vocab()
                            .tokenize(
                                    "\n".repeat(length),
                                    TokenizeOptions.builder().addSpecial(false).build()))
                    .hasSizeGreaterThanOrEqualTo(length);
        }
    }

    @Test
    void load_rwkvVocabularyWithoutABytesToken_isRefused(@TempDir Path folder) {
        Path file = TinyGguf.writeTo(folder);
        ModelOptions options = ModelOptions.builder()
                .vocabOnly(true)
                .metadataOverrides(Map.of("tokenizer.ggml.model", "rwkv"))
                .build();
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(file, options))
                .withMessageContaining("that begin with the byte 0x3c, but not that byte alone");
    }

    /** Its table is made in a time that grows with the cube of each token's length: a minute for these. */
    @Test
    void load_plamo2VocabularyOfManyLongTokens_isRefused(@TempDir Path folder) throws IOException {
        Map<Integer, String> texts =
                IntStream.range(270, 470).boxed().collect(Collectors.toMap(id -> id, id -> id + "a".repeat(500)));
        Path file = VocabFile.withTexts(TestModels.tinyFile(), folder.resolve("tokens.gguf"), texts);
        ModelOptions options = ModelOptions.builder()
                .vocabOnly(true)
                .metadataOverrides(Map.of("tokenizer.ggml.model", "plamo2"))
                .build();
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(file, options))
                .withMessageContaining("the tokens of its plamo2 vocabulary are too long");
    }
}
