package dev.tokapu.spring.boot;

import dev.tokapu.Pooling;
import dev.tokapu.embedding.EmbedderOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The embedding model. What is not set is the model's or the engine's default.
 *
 * <p>Thread safety: immutable.
 *
 * @param model where the model is: the path of a GGUF file, a name such as hf://org/repo:Q8_0, or classpath:NAME; there is no embedding model
 *     unless set
 * @param pooling what is made of the vectors of a text's tokens; as the model's file says unless set
 * @param dimensions how many of a vector's numbers are given, the first ones; 0 for all
 * @param queryPrefix what stands before a query
 * @param documentPrefix what stands before a document
 * @param normalized whether vectors are brought to length 1
 * @param engine how the engine is started
 * @since 0.1
 */
@ConfigurationProperties("spring.ai.tokapu.embedding")
public record TokapuEmbeddingProperties(
        @Nullable String model,
        @Nullable Pooling pooling,
        @DefaultValue("0") int dimensions,
        @DefaultValue("") String queryPrefix,
        @DefaultValue("") String documentPrefix,
        @DefaultValue("true") boolean normalized,
        @DefaultValue @NestedConfigurationProperty TokapuEngineProperties engine) {

    /** {@return the options of the embedder} */
    EmbedderOptions toOptions() {
        return EmbedderOptions.builder()
                .dimensions(dimensions)
                .queryPrefix(queryPrefix)
                .documentPrefix(documentPrefix)
                .normalized(normalized)
                .build();
    }
}
