package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TestModels;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.util.Json;
import dev.tokapu.ranking.RankedDocument;
import dev.tokapu.ranking.RerankPrompt;
import dev.tokapu.ranking.RerankRequest;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.testsupport.GgufWriter;
import dev.tokapu.testsupport.LlamaServer;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Documents scored by rerankers, compared with llama-server's /rerank. */
@Timeout(300)
class RerankerIT {

    private static final String QUERY = "What is in the sea?";
    private static final List<String> DOCUMENTS =
            List.of("The fish", "a bird on the hill", "", "water and salt: that is it", "The fish");

    @TempDir
    static Path folder;

    /** How query and document become one text. */
    enum Form {
        PLAIN,
        SEPARATED,
        TEMPLATE;

        private void addTo(GgufWriter writer) {
            switch (this) {
                case PLAIN -> {}
                case SEPARATED ->
                    writer.bool("tokenizer.ggml.add_eos_token", true)
                            .bool("tokenizer.ggml.add_sep_token", true)
                            .uint32("tokenizer.ggml.seperator_token_id", 259);
                case TEMPLATE ->
                    writer.text("tokenizer.chat_template.rerank", "<|im_start|>q: {query}\nd: {document}<|im_end|>");
            }
        }

        Path file(TinyPositionsGguf kind) throws IOException {
            return Files.write(folder.resolve(name() + kind + ".gguf"), kind.bytes(this::addTo));
        }
    }

    private static Engine engine(Model model, Pooling pooling) {
        ContextOptions context = ContextOptions.builder()
                .embeddings(true)
                .pooling(pooling)
                .threads(1)
                .batchThreads(1)
                .build();
        return Engine.start(
                model, EngineOptions.builder().context(context).maxSequences(3).build());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void rerank_equalsLlamaServer(Form form) throws Exception {
        assertEqualsLlamaServer(form, TinyPositionsGguf.RANKING);
    }

    @Test
    void rerank_modelWithLabels_equalsLlamaServer() throws Exception {
        assertEqualsLlamaServer(Form.PLAIN, TinyPositionsGguf.CLASSIFYING);
    }

    private static void assertEqualsLlamaServer(Form form, TinyPositionsGguf kind) throws Exception {
        Path file = form.file(kind);
        Map<String, ?> expected;
        try (LlamaServer server =
                LlamaServer.start(Path.of(System.getProperty("tokapu.root")), file, List.of("--reranking"))) {
            LlamaServer.Answer answer =
                    server.post("/rerank", Json.write(Map.of("query", QUERY, "documents", DOCUMENTS)));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            expected = Json.readObject(answer.body());
        }
        double[] scores = new double[DOCUMENTS.size()];
        for (Object result : (List<?>) expected.get("results")) {
            Map<?, ?> one = (Map<?, ?>) result;
            scores[((Number) one.get("index")).intValue()] = ((Number) one.get("relevance_score")).doubleValue();
        }
        try (Model model = Model.load(file);
                Engine engine = engine(model, Pooling.UNSPECIFIED)) {
            List<RankedDocument> ranked = Reranker.of(engine).rerank(QUERY, DOCUMENTS);
            double tolerance = TestModels.tolerance(model, 0.005f);
            assertThat(ranked)
                    .hasSameSizeAs(DOCUMENTS)
                    .allSatisfy(document -> assertThat((double) document.score())
                            .isCloseTo(scores[document.index()], within(tolerance)));
            assertThat(ranked).isSortedAccordingTo((a, b) -> Float.compare(b.score(), a.score()));
            RerankPrompt.Query query = RerankPrompt.of(model).query(QUERY);
            int tokens = DOCUMENTS.stream()
                    .mapToInt(document -> query.tokens(document).length)
                    .sum();
            assertThat(((Map<?, ?>) expected.get("usage")).get("prompt_tokens").toString())
                    .isEqualTo(String.valueOf(tokens));
        }
    }

    @Test
    void rerank_contextOfItsOwn_equalsTheEngine() throws IOException {
        for (Form form : Form.values()) {
            try (Model model = Model.load(form.file(TinyPositionsGguf.RANKING));
                    Engine engine = engine(model, Pooling.RANK);
                    Reranker own = Reranker.open(model)) {
                List<RankedDocument> expected = Reranker.of(engine).rerank(QUERY, DOCUMENTS);
                List<RankedDocument> ranked = own.rerank(QUERY, DOCUMENTS);
                for (int i = 0; i < ranked.size(); i++) {
                    assertThat(ranked.get(i).score())
                            .isCloseTo(expected.get(i).score(), within(TestModels.tolerance(model, 0.005f)));
                }
                assertThat(own.toString()).contains("RANK");
            }
        }
    }

    @Test
    void rerank_topN_givesTheBest() throws Exception {
        try (Model model = Model.load(Form.PLAIN.file(TinyPositionsGguf.RANKING));
                Engine engine = engine(model, Pooling.RANK)) {
            Reranker reranker =
                    Reranker.of(engine.encoder(SchedulingOptions.defaults().withTenant("someone")));
            List<RankedDocument> all = reranker.rerank(QUERY, DOCUMENTS);
            RerankRequest two = RerankRequest.builder(QUERY, DOCUMENTS).topN(2).build();
            assertThat(reranker.rerank(two))
                    .extracting(RankedDocument::index)
                    .containsExactly(all.get(0).index(), all.get(1).index());
        }
    }

    @Test
    void rerank_tooLong_isRefusedOrTruncated() throws IOException {
        List<String> documents = List.of("the sea", "ab".repeat(100));
        try (Model model = Model.load(Form.TEMPLATE.file(TinyPositionsGguf.RANKING));
                Reranker reranker = Reranker.open(model)) {
            assertThatThrownBy(() -> reranker.rerank(QUERY, documents))
                    .isInstanceOf(ContextOverflowException.class)
                    .hasMessageContaining("text 2 of 2");
            RerankRequest truncated =
                    RerankRequest.builder(QUERY, documents).truncated(true).build();
            assertThat(reranker.rerank(truncated)).hasSize(2);
        }
    }

    @Test
    void rerank_interrupted_cancelsWhatIsNotComputed() throws Exception {
        try (Model model = Model.load(Form.PLAIN.file(TinyPositionsGguf.RANKING));
                Engine engine = engine(model, Pooling.RANK)) {
            Runnable goOn = EngineFixture.hold(engine);
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread caller = new Thread(() -> {
                try {
                    Reranker.of(engine).rerank(QUERY, DOCUMENTS);
                } catch (Throwable e) {
                    end.set(Thread.currentThread().isInterrupted() ? e : null);
                }
            });
            caller.start();
            EngineFixture.await("submitted", () -> engine.snapshot().submitted() == DOCUMENTS.size());
            caller.interrupt();
            caller.join();
            goOn.run();
            EngineFixture.awaitIdle(engine);
            assertThat(engine.snapshot().completed()).isZero();
            assertThat(end.get()).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void of_encoderWithoutScores_saysWhatToDo() throws IOException {
        try (Model model = TestModels.tiny();
                Engine engine = engine(model, Pooling.MEAN)) {
            assertThatThrownBy(() -> Reranker.of(engine))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("Pooling.RANK");
        }
        try (Model model = TestModels.tiny();
                Engine engine = Engine.start(
                        model, EngineFixture.options().sequenceContextSize(64).build())) {
            assertThatThrownBy(() -> Reranker.of(engine))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("embeddings(true)");
        }
    }

    @Test
    void request_withoutDocuments_isRefused() {
        assertThatThrownBy(() -> RerankRequest.of(QUERY, List.of())).hasMessageContaining("no documents");
        assertThatThrownBy(() -> RerankRequest.builder(QUERY, DOCUMENTS).topN(0).build())
                .hasMessageContaining("topN is 0");
    }
}
