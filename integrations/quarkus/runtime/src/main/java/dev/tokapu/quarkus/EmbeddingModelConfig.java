package dev.tokapu.quarkus;

import dev.tokapu.Pooling;
import io.quarkus.runtime.annotations.ConfigGroup;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/**
 * An embedding model. What is not set is the model's or the engine's default.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
@ConfigGroup
public interface EmbeddingModelConfig {

    /** Where the model is: the path of a GGUF file, a name such as {@code hf://org/repo:Q8_0}, or {@code classpath:NAME}. */
    Optional<String> modelName();

    /** What is made of the vectors of a text's tokens; as the model's file says unless set. */
    Optional<Pooling> pooling();

    /** How many of a vector's numbers are given, the first ones; 0 for all. */
    @WithDefault("0")
    int dimensions();

    /** What stands before a query. */
    Optional<String> queryPrefix();

    /** What stands before a document. */
    Optional<String> documentPrefix();

    /** Whether vectors are brought to length 1. */
    @WithDefault("true")
    boolean normalized();

    /** How the engine is started. */
    EngineConfig engine();
}
