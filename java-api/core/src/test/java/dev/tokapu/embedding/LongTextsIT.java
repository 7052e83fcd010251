package dev.tokapu.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of long texts, with a tokenizer that puts BOS before and EOS behind a text. */
class LongTextsIT {

    @TempDir
    static Path folder;

    private static Model model;
    private static int[] text;

    @BeforeAll
    static void load() throws IOException {
        byte[] file = TinyPositionsGguf.ENCODER.bytes(writer -> writer.bool("tokenizer.ggml.add_eos_token", true));
        model = Model.load(Files.write(folder.resolve("ends.gguf"), file));
        text = model.vocab().tokenize("abcdefghijklmnopqrstuvwxyz");
        assertThat(text).startsWith(1).endsWith(2).hasSizeGreaterThan(20);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void parts_ofWhatFits_areTheText() {
        for (LongTexts policy : LongTexts.values()) {
            assertThat(policy.parts(text, text.length, model.vocab())).containsExactly(text);
        }
    }

    @Test
    void error_namesBothLengths() {
        assertThatThrownBy(() -> LongTexts.ERROR.parts(text, 10, model.vocab()))
                .isInstanceOf(ContextOverflowException.class)
                .hasMessageContaining(text.length + " tokens")
                .hasMessageContaining("10 tokens");
    }

    @Test
    void truncate_keepsTheLastToken() {
        int[] cut = LongTexts.TRUNCATE.parts(text, 10, model.vocab()).get(0);
        assertThat(cut).hasSize(10).startsWith(Arrays.copyOf(text, 9)).endsWith(2);
    }

    @Test
    void prefixThatFillsTheContext_isRefused_withItsLength() {
        for (LongTexts policy : LongTexts.values()) {
            for (int most = 1; most <= 8; most++) {
                int size = most;
                assertThatThrownBy(() -> policy.parts(text, 7, size, model.vocab(), ""))
                        .isInstanceOf(ContextOverflowException.class)
                        .hasMessageContaining("the prefix and what the tokenizer adds take 8: shorten the prefix")
                        .hasMessageContaining(text.length + " tokens")
                        .hasMessageContaining("of " + size + " tokens");
            }
            for (int most = 1; most <= 2; most++) {
                int size = most;
                assertThatThrownBy(() -> policy.parts(text, size, model.vocab()))
                        .isInstanceOf(ContextOverflowException.class)
                        .hasMessageContaining("what the tokenizer adds takes 2: raise the context size");
            }
        }
        assertThat(LongTexts.TRUNCATE.parts(text, 7, 9, model.vocab(), "").get(0))
                .startsWith(Arrays.copyOf(text, 8))
                .hasSize(9)
                .endsWith(2);
    }

    @Test
    void emptyText_isItsPrefix_orWhatTheTokenizerAdds() {
        ContextOptions context =
                ContextOptions.builder().contextSize(16).pooling(Pooling.MEAN).build();
        for (LongTexts policy : LongTexts.values()) {
            EmbedderOptions.Builder options =
                    EmbedderOptions.builder().context(context).longTexts(policy).documentPrefix("abc");
            try (Embedder embedder = Embedder.open(
                    model, options.queryPrefix("abcdefghij".repeat(4)).build())) {
                for (String query : List.of("", "a", "b")) {
                    assertThatThrownBy(() -> embedder.embedQuery(query))
                            .isInstanceOf(ContextOverflowException.class)
                            .hasMessageContaining("shorten the prefix");
                }
                assertThat(embedder.embedDocument("")).hasSize(embedder.dimensions());
                assertThat(embedder.embed("")).hasSize(embedder.dimensions());
                assertThatThrownBy(() -> embedder.encoder().encode(List.of(new int[0]), (index, vectors) -> true))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("no tokens");
            }
        }
    }

    @Test
    void textWithoutTokens_isNamedByItsPlace_amongTextsAndNotParts() throws IOException {
        byte[] file = TinyPositionsGguf.ENCODER.bytes(writer -> writer.bool("tokenizer.ggml.add_bos_token", false));
        EmbedderOptions options = EmbedderOptions.builder()
                .context(ContextOptions.builder()
                        .contextSize(16)
                        .pooling(Pooling.MEAN)
                        .build())
                .longTexts(LongTexts.SPLIT)
                .build();
        try (Model bare = Model.load(Files.write(folder.resolve("bare.gguf"), file));
                Embedder embedder = Embedder.open(bare, options)) {
            assertThatThrownBy(() -> embedder.embed(List.of("abc".repeat(40), "")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("text 2 of 2 has no tokens");
            assertThatThrownBy(() -> embedder.embed("")).hasMessageContaining("the text has no tokens");
        }
    }

    @Test
    void split_hasAllTokensOnce_inPartsOfAboutOneLength() {
        for (int most = 3; most < text.length; most++) {
            List<int[]> parts = LongTexts.SPLIT.parts(text, most, model.vocab());
            int[] joined = parts.stream()
                    .flatMapToInt(part -> Arrays.stream(part, 1, part.length - 1))
                    .toArray();
            assertThat(joined).isEqualTo(Arrays.copyOfRange(text, 1, text.length - 1));
            int longest = most;
            assertThat(parts).allSatisfy(part -> {
                assertThat(part).startsWith(1).endsWith(2);
                assertThat(part.length).isLessThanOrEqualTo(longest);
            });
            assertThat(parts.stream().mapToInt(part -> part.length).summaryStatistics())
                    .satisfies(
                            sizes -> assertThat(sizes.getMax() - sizes.getMin()).isLessThanOrEqualTo(1));
        }
    }

    @Test
    void split_ofATextWithAPrefix_repeatsThePrefix() {
        List<int[]> parts = LongTexts.SPLIT.parts(text, 4, 12, model.vocab(), "");
        int[] prefix = Arrays.copyOf(text, 4);
        assertThat(parts).allSatisfy(part -> assertThat(part).startsWith(prefix).endsWith(2));
    }

    @Test
    void split_ofTokensWithoutBosAndEos_addsNone() {
        int[] tokens = IntStream.range(10, 40).toArray();
        List<int[]> parts = LongTexts.SPLIT.parts(tokens, 10, model.vocab());
        assertThat(parts.stream().flatMapToInt(Arrays::stream).toArray()).isEqualTo(tokens);
    }
}
