package dev.tokapu.langchain4j;

import java.util.function.Supplier;

/**
 * Makes the builders that {@link TokapuEmbeddingModel#builder()} gives, for frameworks that configure them; found by {@link
 * java.util.ServiceLoader}.
 *
 * <p>Thread safety: as implemented.
 *
 * @since 0.1
 */
public interface TokapuEmbeddingModelBuilderFactory extends Supplier<TokapuEmbeddingModel.Builder> {}
