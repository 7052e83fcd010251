package dev.tokapu.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.common.AbstractEmbeddingModelIT;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** LangChain4j's own tests of an embedding model, with a context of its own and on an engine; images are refused. */
@Timeout(300)
class EmbeddingModelIT extends AbstractEmbeddingModelIT {

    private static final EmbedderOptions OPTIONS = EmbedderOptions.builder()
            .context(TestModels.small().pooling(Pooling.MEAN).build())
            .queryPrefix("query: ")
            .documentPrefix("passage: ")
            .build();

    @SmolModel
    private static Model model;

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(
                model,
                EngineOptions.builder()
                        .context(TestModels.small()
                                .pooling(Pooling.MEAN)
                                .embeddings(true)
                                .build())
                        .maxSequences(2)
                        .sequenceContextSize(128)
                        .build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static TokapuEmbeddingModel.Builder onEngine() {
        return TokapuEmbeddingModel.builder().engine(engine).embedderOptions(OPTIONS);
    }

    /** JUnit closes them behind each test. */
    @Override
    protected List<EmbeddingModel> models() {
        TokapuEmbeddingModel own = TokapuEmbeddingModel.builder()
                .model(model)
                .embedderOptions(OPTIONS)
                .build();
        return List.of(own, onEngine().build());
    }

    @Override
    protected EmbeddingModel modelWith(EmbeddingModelListener listener) {
        return onEngine().listeners(List.of(listener)).build();
    }

    /** On an engine that is closed. */
    @Override
    protected EmbeddingModel failingModelWith(EmbeddingModelListener listener) {
        try (Engine closed = Engine.start(model, engine.options())) {
            return TokapuEmbeddingModel.builder()
                    .engine(closed)
                    .listeners(List.of(listener))
                    .build();
        }
    }

    @Override
    protected boolean supportsImageInput() {
        return false;
    }

    @Test
    void embed_anotherModelName_isNotFound() {
        EmbeddingRequest request =
                EmbeddingRequest.builder().input("hello").modelName("nobody").build();
        TokapuEmbeddingModel embeddings = onEngine().modelName("mine").build();
        assertThatThrownBy(() -> embeddings.embed(request))
                .isExactlyInstanceOf(ModelNotFoundException.class)
                .hasMessage("there is no model 'nobody'; there is 'mine'");
    }

    @Test
    void embed_textTooLong_isAnInvalidRequest() {
        TokapuEmbeddingModel embeddings = onEngine().build();
        assertThatThrownBy(() -> embeddings.embed("word ".repeat(200)))
                .isExactlyInstanceOf(InvalidRequestException.class);
    }

    @Test
    void embed_query_countsItsPrefix() {
        EmbeddingRequest.Builder request = EmbeddingRequest.builder().input("hello");
        TokapuEmbeddingModel embeddings = onEngine().build();
        int alone = embeddings.embed(request.build()).tokenUsage().inputTokenCount();
        assertThat(embeddings
                        .embed(request.inputType(EmbeddingInputType.QUERY).build())
                        .tokenUsage()
                        .inputTokenCount())
                .isGreaterThan(alone);
    }
}
