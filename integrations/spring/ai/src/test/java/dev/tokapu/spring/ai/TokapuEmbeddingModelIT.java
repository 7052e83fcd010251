package dev.tokapu.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TestModels;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.spring.ai.TokapuEmbeddingOptions.InputType;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.TokenCountBatchingStrategy;
import org.springframework.ai.retry.NonTransientAiException;

class TokapuEmbeddingModelIT {

    private static Model model;
    private static Embedder embedder;
    private static final TestObservationRegistry REGISTRY = TestObservationRegistry.create();

    private static TokapuEmbeddingModel embeddings;

    @BeforeAll
    static void open() {
        model = TestModels.tiny();
        embedder = Embedder.open(
                model,
                EmbedderOptions.builder()
                        .context(TestModels.small().pooling(Pooling.MEAN).build())
                        .queryPrefix("query: ")
                        .documentPrefix("passage: ")
                        .build());
        embeddings = TokapuEmbeddingModel.builder()
                .embedder(embedder)
                .observationRegistry(REGISTRY)
                .build();
    }

    @AfterAll
    static void close() {
        embedder.close();
        model.close();
    }

    @Test
    void embed_eachWay_isWhatTheEmbedderGives() {
        assertThat(embeddings.embed("hello")).isEqualTo(embedder.embedQuery("hello"));
        assertThat(embeddings.embed(new Document("hello"))).isEqualTo(embedder.embedDocument("hello"));
        assertThat(embeddings.embed(List.of("hello", "world")))
                .containsExactlyElementsOf(embedder.embed(List.of("hello", "world")));
        assertThat(embeddings.embed(
                        List.of(new Document("hello"), new Document("world")),
                        EmbeddingOptions.builder().build(),
                        new TokenCountBatchingStrategy()))
                .containsExactlyElementsOf(embedder.embedDocuments(List.of("hello", "world"), EmbedProgress.NONE));
        assertThat(embeddings.dimensions()).isEqualTo(embedder.dimensions());
    }

    @Test
    void call_options_areTakenAndTheRestIsTheModels() {
        EmbeddingResponse response = embeddings.call(new EmbeddingRequest(
                List.of("hello"),
                TokapuEmbeddingOptions.builder()
                        .dimensions(4)
                        .inputType(InputType.QUERY)
                        .build()));
        assertThat(response.getResult().getOutput()).hasSize(4);
        assertThat(response.getMetadata().getModel()).isEqualTo("Tiny Random");
        EmbeddingResponse plain = embeddings.embedForResponse(List.of("hello"));
        assertThat(response.getMetadata().getUsage().getPromptTokens())
                .isGreaterThan(plain.getMetadata().getUsage().getPromptTokens());
    }

    @Test
    void call_queries_eachHasTheirPrefix() {
        EmbeddingRequest request = new EmbeddingRequest(
                List.of("hello", "world"),
                TokapuEmbeddingOptions.builder().inputType(InputType.QUERY).build());
        List<Embedding> results = embeddings.call(request).getResults();
        for (int i = 0; i < 2; i++) { // in one step the last digits are other ones
            assertThat(results.get(i).getOutput())
                    .containsExactly(
                            embedder.embedQuery(request.getInstructions().get(i)), within(0.01f));
        }
    }

    @Test
    void call_threadIsInterrupted_isThrown() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> embeddings.embed("hello")).isExactlyInstanceOf(NonTransientAiException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void call_isObserved() {
        embeddings.embed("hello");
        TestObservationRegistryAssert.assertThat(REGISTRY)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasLowCardinalityKeyValue("gen_ai.operation.name", "embedding")
                .hasLowCardinalityKeyValue("gen_ai.system", "tokapu")
                .hasLowCardinalityKeyValue("gen_ai.request.model", "Tiny Random")
                .hasHighCardinalityKeyValueWithKey("gen_ai.usage.input_tokens")
                .hasBeenStopped();
    }

    @Test
    void call_whatIsWrong_isThrown() {
        assertThatThrownBy(() -> embeddings.embed("word ".repeat(3000)))
                .isExactlyInstanceOf(NonTransientAiException.class);
        assertThatThrownBy(() -> embeddings.call(new EmbeddingRequest(
                        List.of("hello"),
                        EmbeddingOptions.builder().model("nobody").build())))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("there is no model 'nobody'");
    }

    @Test
    void options_mutate_keepsTheRest() {
        TokapuEmbeddingOptions options = TokapuEmbeddingOptions.builder()
                .dimensions(4)
                .inputType(InputType.DOCUMENT)
                .build();
        assertThat(options.mutate().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.mutate().model("mine").build().defaultedBy(options))
                .isEqualTo(TokapuEmbeddingOptions.builder()
                        .model("mine")
                        .dimensions(4)
                        .inputType(InputType.DOCUMENT)
                        .build());
    }
}
