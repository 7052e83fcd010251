package dev.tokapu.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.ranking.RankedDocument;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoringModelIT {

    private static final String QUERY = "What is in the sea?";
    private static final List<String> TEXTS = List.of("a bird on the hill", "The fish", "water and salt");

    @TempDir
    static Path folder;

    private static Model load() throws IOException {
        return Model.load(Files.write(
                Files.createTempFile(folder, "reranker", ".gguf"), TinyPositionsGguf.RANKING.bytes(writer -> {})));
    }

    @Test
    void scoreAll_isInTheOrderOfTheTexts() throws IOException {
        try (Model model = load();
                Reranker reranker = Reranker.open(model);
                TokapuScoringModel scoring =
                        TokapuScoringModel.builder().model(model).build()) {
            List<Double> scores = scoring.scoreAll(
                            TEXTS.stream().map(TextSegment::from).toList(), QUERY)
                    .content();
            assertThat(scores).hasSize(TEXTS.size());
            for (RankedDocument document : reranker.rerank(QUERY, TEXTS)) {
                assertThat(scores.get(document.index())).isEqualTo(document.score());
            }
            assertThat(scoring.score(TEXTS.get(1), QUERY).content())
                    .as("alone, and beside others")
                    .isCloseTo(scores.get(1), within(0.05));
            assertThat(scoring.scoreAll(List.of(), QUERY).content()).isEmpty();
        }
    }

    @Test
    void score_textTooLong_isAnInvalidRequest() throws IOException {
        try (Model model = load();
                TokapuScoringModel scoring = TokapuScoringModel.builder()
                        .model(model)
                        .contextOptions(TestModels.small().build())
                        .build()) {
            assertThatThrownBy(() -> scoring.score("water ".repeat(2000), QUERY))
                    .isExactlyInstanceOf(InvalidRequestException.class);
        }
    }

    @Test
    void build_nothingToComputeWith_isRefused() {
        assertThatThrownBy(() -> TokapuScoringModel.builder().build())
                .hasMessage("engine is null and model is null; set one of them");
    }
}
