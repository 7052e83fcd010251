package dev.tokapu.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.completion.FillInMiddle.SourceFile;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.text.TextStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prompts are those of format_prompt_infill() in llama.cpp's tools/server/server-common.cpp. */
class FillInMiddleIT {

    private static final int PRE = TinyGguf.FIRST_FIM_TOKEN;
    private static final int SUF = PRE + 1;
    private static final int MID = PRE + 2;
    private static final int REP = PRE + 3;
    private static final int SEP = PRE + 4;
    private static final int BOS = 1;

    @TempDir
    private static Path folder;

    private static Model model;

    @BeforeAll
    static void load() {
        model = Model.load(TinyGguf.builder().fillInMiddle().build().write(folder.resolve("fim.gguf")));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Numbers are tokens, texts are tokenized without BOS. */
    private static int[] tokens(Object... parts) {
        List<Integer> all = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof Integer token) {
                all.add(token);
            } else {
                Arrays.stream(model.vocab()
                                .tokenize(
                                        part.toString(),
                                        TokenizeOptions.builder()
                                                .addSpecial(false)
                                                .build()))
                        .forEach(all::add);
            }
        }
        return all.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void prompt_prefixAndSuffix_areMarked() {
        assertThat(FillInMiddle.of("the cat ", " on the mat").prompt(model.vocab(), 200))
                .isEqualTo(tokens(BOS, PRE, "the cat ", SUF, " on the mat", MID));
    }

    @Test
    void prompt_suffixFirst_isTheOtherOrder() {
        FillInMiddle gap = new FillInMiddle("the cat ", " on the mat", "sat", true, null, List.of());
        assertThat(gap.prompt(model.vocab(), 200))
                .isEqualTo(tokens(BOS, SUF, " on the mat", PRE, "the cat ", "sat", MID));
    }

    @Test
    void prompt_repository_comesFirst() {
        List<SourceFile> files = List.of(new SourceFile("a.c", "int a;"), new SourceFile("b.c", "int b;"));
        FillInMiddle gap = new FillInMiddle("x", "y", "", false, "demo", files);
        assertThat(gap.prompt(model.vocab(), 200))
                .isEqualTo(tokens(
                        REP, "demo\n", SEP, "a.c\n", "int a;", SEP, "b.c\n", "int b;", BOS, PRE, "x", SUF, "y", MID));
    }

    @Test
    void prompt_tooLong_keepsWhatIsNearTheGap() {
        String before = "abcdefgh".repeat(20);
        String after = "stuvwxyz".repeat(20);
        int[] whole = tokens(before);
        int[] rest = tokens(after);
        FillInMiddle gap = new FillInMiddle(before, after, "", false, "demo", List.of());
        int[] prompt = gap.prompt(model.vocab(), 44);
        assertThat(prompt).hasSize(44);
        assertThat(Arrays.copyOfRange(prompt, 0, 2)).containsExactly(BOS, PRE);
        assertThat(Arrays.copyOfRange(prompt, 2, 32))
                .isEqualTo(Arrays.copyOfRange(whole, whole.length - 30, whole.length));
        assertThat(Arrays.copyOfRange(prompt, 33, 43)).isEqualTo(Arrays.copyOf(rest, 10));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gap.prompt(model.vocab(), 7))
                .withMessageContaining("maxTokens is 7");
    }

    @Test
    void complete_gap_isTheSameAsItsTokens() {
        CompletionOptions options = CompletionOptions.builder()
                .context(TestModels.small().build())
                .samplers(Sampler.greedy())
                .maxTokens(12)
                .build();
        FillInMiddle gap = FillInMiddle.of("the cat ", " on the mat");
        try (TextStream filled = gap.complete(model, options);
                TextStream direct = Completion.of(model, gap.prompt(model.vocab(), 200), options)) {
            assertThat(filled.text()).isEqualTo(direct.text());
            assertThat(filled.usage()).isEqualTo(direct.usage());
        }
    }

    @Test
    void prompt_otherModel_isRefused() {
        try (Model plain = TestModels.tiny()) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> FillInMiddle.of("a", "b").prompt(plain.vocab(), 100))
                    .withMessageContaining("not trained to fill in the middle");
        }
    }
}
