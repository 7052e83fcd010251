package dev.tokapu.spring.boot;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.util.ResourceUtils;

/** Models and engines as properties describe them. */
final class Engines {

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
        if (location.startsWith(ResourceUtils.FILE_URL_PREFIX)) {
            return ModelSource.file(file(location));
        }
        return location.startsWith(ResourceUtils.CLASSPATH_URL_PREFIX)
                ? ModelSource.resource(location.substring(ResourceUtils.CLASSPATH_URL_PREFIX.length())
                        .replaceFirst("^/+", ""))
                : ModelSource.of(location);
    }

    private static Path file(String location) {
        try {
            return ResourceUtils.getFile(location).toPath();
        } catch (FileNotFoundException e) {
            throw new UncheckedIOException(location + " names no file: " + e.getMessage(), e);
        }
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
