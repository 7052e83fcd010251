package dev.tokapu.spring.boot;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;

/** Models and engines as properties describe them. */
final class Engines {

    private static final String CLASS_PATH = "classpath:";

    private Engines() {}

    /** {@return the model of a location; null for the default model} */
    static Model load(@Nullable String location, TokapuEngineProperties properties) {
        ModelOptions.Builder options = ModelOptions.builder();
        set(properties.gpuLayers(), options::gpuLayers);
        return Model.load(source(location), options.build());
    }

    static ModelSource source(@Nullable String location) {
        if (location == null) {
            return DefaultModel.source();
        }
        return location.startsWith(CLASS_PATH)
                ? ModelSource.resource(location.substring(CLASS_PATH.length()).replaceFirst("^/+", ""))
                : ModelSource.of(location);
    }

    /** {@return an engine; {@code context} adds to the settings of its context} */
    static Engine start(Model model, TokapuEngineProperties properties, Consumer<ContextOptions.Builder> context) {
        ContextOptions.Builder settings = ContextOptions.builder();
        if (properties.threads() != null) {
            settings.threads(properties.threads()).batchThreads(properties.threads());
        }
        context.accept(settings);
        EngineOptions.Builder options = EngineOptions.builder().context(settings.build());
        set(properties.maxSequences(), options::maxSequences);
        set(properties.contextSize(), options::sequenceContextSize);
        set(properties.queueCapacity(), options::queueCapacity);
        if (properties.chatTemplate() != null) {
            options.chatTemplate(text(properties.chatTemplate()));
        }
        return Engine.start(model, options.build());
    }

    private static String text(Resource resource) {
        try {
            return resource.getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the chat template " + resource.getDescription() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static <T> void set(@Nullable T value, Consumer<? super T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
