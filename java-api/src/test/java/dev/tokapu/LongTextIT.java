package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.testsupport.TinyGguf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Long runs of one kind of character with all ways of llama.cpp to cut a text into words: {@code std::regex}, which it uses for
 * most, recursed once for each character and ended the process. {@code -Dtokapu.test.pretokenizers=all} takes all names and
 * longer runs.
 */
@Timeout(600)
class LongTextIT {

    private static final boolean ALL = "all".equals(System.getProperty("tokapu.test.pretokenizers"));
    private static final int LENGTH = ALL ? 200_000 : 50_000;
    private static final int TINY_STACK = 256 << 10;

    /** Lists of patterns that differ in kind; most ended the process. */
    private static final List<String> FEW = List.of(
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

    private static final List<String> MORE = List.of(
            "llama-bpe",
            "spark2_5",
            "deepseek-coder",
            "gpt-2",
            "qwen2",
            "qwen35",
            "viking",
            "chameleon",
            "granite-embed-multi-97m",
            "tiny_aya",
            "kimi-k2",
            "bailingmoe",
            "seed-coder",
            "ufakzeka",
            "laguna",
            "minicpm5",
            "llama3",
            "llama-v3",
            "falcon3",
            "falcon-h1",
            "pixtral",
            "midm-2.0",
            "lfm2",
            "jina-v5-nano",
            "mpt",
            "starcoder",
            "phi-2",
            "jina-es",
            "jina-de",
            "gigachat",
            "jina-v2-es",
            "jina-v2-de",
            "a.x-4.0",
            "mellum",
            "modern-bert",
            "granite-embed-multi-311m",
            "jina-v1-en",
            "jina-v2-code",
            "roberta-bpe",
            "refact",
            "command-r",
            "deepseek-r1-qwen",
            "kormo",
            "f2llmv2",
            "stablelm2",
            "olmo",
            "dbrx",
            "smaug-bpe",
            "glm4",
            "chatglm-bpe",
            "jais",
            "codeshell",
            "bloom",
            "gpt3-finnish",
            "exaone",
            "exaone4",
            "minerva-7b",
            "megrez",
            "llama4",
            "kanana2",
            "talkie",
            "cohere2moe",
            "trillion",
            "granite-docling",
            "bailingmoe2",
            "llada-moe",
            "hunyuan",
            "hunyuan-dense",
            "hy_v4",
            "joyai-llm",
            "grok-2",
            "minimax-m2",
            "solar-open",
            "mellum2");

    static Stream<String> preTokenizers() {
        return ALL ? Stream.concat(FEW.stream(), MORE.stream()) : FEW.stream();
    }

    private static Model vocabularyWith(String preTokenizer) {
        return Model.load(
                ModelSource.resource(TestModels.DEFAULT),
                ModelOptions.builder()
                        .vocabOnly(true)
                        .metadataOverrides(Map.of("tokenizer.ggml.pre", preTokenizer))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("preTokenizers")
    void tokenize_longRunsOnATinyStack_givesTokensOfTheText(String preTokenizer) throws Exception {
        try (Model model = vocabularyWith(preTokenizer)) {
            FutureTask<List<String>> task = new FutureTask<>(() -> wrongRuns(model.vocab()));
            Thread thread = new Thread(null, task, "tiny stack", TINY_STACK);
            thread.start();
            assertThat(task.get()).isEmpty();
        }
    }

    @Test
    void tokenize_longRunOnAVirtualThread_givesTokensOfTheText() throws Exception {
        FutureTask<List<String>> task = new FutureTask<>(() -> {
            try (Model model = vocabularyWith("gpt-4o")) {
                return wrongRuns(model.vocab());
            }
        });
        startVirtual(task);
        assertThat(task.get()).isEmpty();
    }

    /** On a virtual thread where Java has them. */
    private static void startVirtual(Runnable task) throws ReflectiveOperationException {
        if (Runtime.version().feature() >= 21) {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        } else {
            new Thread(task, "in place of a virtual thread").start();
        }
    }

    /** Runs whose tokens do not say the text again. */
    private static List<String> wrongRuns(Vocab vocab) {
        return Stream.of("a", "A", "-", "!", "7", " ", "\n", "\u4e2d", "\u00e9", "e\u0301", "a ", "\ud83d\ude00")
                .filter(run -> !isRight(vocab, run.repeat(LENGTH / run.length())))
                .toList();
    }

    private static boolean isRight(Vocab vocab, String text) {
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        for (int token : vocab.tokenize(text, new TokenizeOptions(false, false))) {
            pieces.writeBytes(vocab.piece(token));
        }
        return Arrays.equals(pieces.toByteArray(), text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void tokenize_manyControlTexts_takesTimeInProportion() {
        try (Model model = vocabularyWith("smollm")) {
            String text = "<|im_end|>".repeat(LENGTH);
            assertThat(model.vocab().tokenize(text, new TokenizeOptions(false, true)))
                    .hasSize(LENGTH);
        }
    }

    @Test
    void tokenize_manyBytesWithoutATokenOfTheirOwn_takesTimeInProportion() {
        int length = 1_000_000;
        try (Model tiny = TestModels.tiny()) {
            assertThat(tiny.vocab().type()).isEqualTo(VocabType.SPM);
            assertThat(tiny.vocab().tokenize("\n".repeat(length), new TokenizeOptions(false, false)))
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
}
