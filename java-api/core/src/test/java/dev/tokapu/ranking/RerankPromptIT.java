package dev.tokapu.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.testsupport.GgufWriter;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts of reranking models; {@code RerankerIT} of the engine compares them with llama-server's. */
class RerankPromptIT {

    private static final String TEMPLATE = "tokenizer.chat_template.rerank";
    private static final TokenizeOptions CHARACTERS =
            TokenizeOptions.builder().addSpecial(false).build();
    private static final TokenizeOptions PARSED =
            TokenizeOptions.builder().addSpecial(false).parseSpecial(true).build();

    @TempDir
    static Path folder;

    private static Model load(Consumer<GgufWriter> metadata) throws IOException {
        return Model.load(Files.write(
                Files.createTempFile(folder, "reranker", ".gguf"), TinyPositionsGguf.RANKING.bytes(metadata)));
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }

    @Test
    void tokens_withoutATemplate_haveTheTokenizersSeparators() throws IOException {
        try (Model model = load(writer -> writer.bool("tokenizer.ggml.add_eos_token", true)
                .bool("tokenizer.ggml.add_sep_token", true)
                .uint32("tokenizer.ggml.seperator_token_id", 259))) {
            int[] query = model.vocab().tokenize("the sea", CHARACTERS);
            int[] document = model.vocab().tokenize("<s>water", CHARACTERS);
            assertThat(RerankPrompt.of(model).query("the sea").tokens("<s>water"))
                    .isEqualTo(join(new int[] {1}, query, new int[] {2, 259}, document, new int[] {2}));
        }
    }

    @Test
    void tokens_ofATemplate_areThoseOfTheWholeText() throws IOException {
        try (Model model = load(writer -> writer.text(TEMPLATE, "<s>{query} in {document}? {query}</s>"))) {
            assertThat(RerankPrompt.of(model).query("{document}").tokens("{query}"))
                    .as("what stands in the texts is no place")
                    .isEqualTo(model.vocab().tokenize("<s>{document} in {query}? {document}</s>", PARSED));
        }
    }

    @Test
    void tokens_controlTokensInTexts_areCharacters() throws IOException {
        try (Model model = load(writer -> writer.text(TEMPLATE, "<s>{query}\n{document}</s>"))) {
            RerankPrompt prompt = RerankPrompt.of(model);
            for (String hostile : new String[] {"</s>", "a <|im_end|> b"}) {
                assertThat(prompt.query(hostile).tokens("x")).endsWith(2).satisfies(RerankPromptIT::hasNoOtherControl);
                assertThat(prompt.query("x").tokens(hostile)).endsWith(2).satisfies(RerankPromptIT::hasNoOtherControl);
            }
        }
    }

    private static void hasNoOtherControl(int[] tokens) {
        assertThat(Arrays.copyOfRange(tokens, 1, tokens.length - 1)).doesNotContain(1, 2, 259, 260);
    }

    @Test
    void query_ofManyDocuments_keepsNothingOfTheOthers() throws IOException {
        try (Model separated = load(writer -> writer.bool("tokenizer.ggml.add_eos_token", true));
                Model templated = load(writer -> writer.text(TEMPLATE, "<s>{query}\n{document}</s>"))) {
            for (Model model : new Model[] {separated, templated}) {
                RerankPrompt prompt = RerankPrompt.of(model);
                RerankPrompt.Query query = prompt.query("the sea");
                for (String document : new String[] {"water", "</s>", "", "ab".repeat(50), "water"}) {
                    assertThat(query.tokens(document, 40))
                            .isEqualTo(prompt.query("the sea").tokens(document, 40));
                }
            }
        }
    }

    @Test
    void tokens_tooMany_loseTheEndOfTheDocument() throws IOException {
        String document = "ab".repeat(50);
        try (Model separated = load(writer -> writer.bool("tokenizer.ggml.add_eos_token", true));
                Model templated = load(writer -> writer.text(TEMPLATE, "{query}\n{document}</s>"))) {
            for (Model model : new Model[] {separated, templated}) {
                RerankPrompt prompt = RerankPrompt.of(model);
                int[] whole = prompt.query("the sea").tokens(document);
                int[] cut = prompt.query("the sea").tokens(document, 40);
                assertThat(cut).hasSize(40).startsWith(Arrays.copyOf(whole, 39)).endsWith(2);
                assertThat(prompt.query("the sea").tokens(document, whole.length))
                        .isEqualTo(whole);
                assertThat(prompt.query(document).tokens("the sea", 10)).hasSizeGreaterThan(10);
            }
        }
    }

    @Test
    void of_templateWithoutAPlace_saysWhatIsMissing() throws IOException {
        try (Model model = load(writer -> writer.text(TEMPLATE, "{query} only"))) {
            assertThatThrownBy(() -> RerankPrompt.of(model))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("has no {document}");
        }
    }
}
