package dev.tokapu.quarkus;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.NativeLibraryException;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Models and engines as they are configured. */
final class Engines {

    private static final String CLASS_PATH = "classpath:";

    private Engines() {}

    /**
     * An engine with a model of its own.
     *
     * @param property what names the model, for messages
     * @param location where the model is; null for the default model
     * @param config how the engine is started
     * @param context adds to the settings of its context
     * @throws ConfigurationException when there is no such model, or the machine has too little memory for it
     */
    static Engine open(
            String property, @Nullable String location, EngineConfig config, Consumer<ContextOptions.Builder> context) {
        try {
            ModelOptions.Builder options = ModelOptions.builder();
            config.gpuLayers().ifPresent(options::gpuLayers);
            Model model = Model.load(source(location), options.build());
            try {
                return start(model, config, context);
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        } catch (TokapuException e) {
            throw new ConfigurationException(e.getMessage() + "; " + action(property, e), e, Set.of(property));
        }
    }

    private static String action(String property, TokapuException e) {
        if (e instanceof ModelLoadException) {
            return "set " + property + " to the path of a GGUF file, a name such as hf://org/repo:Q4_K_M, or "
                    + CLASS_PATH + "NAME";
        }
        if (e instanceof ContextCreationException) {
            return "give the engine of " + property
                    + " less: lower its engine.max-sequences or engine.context-size, or take a smaller model";
        }
        if (e instanceof NativeLibraryException) {
            return "add dev.tokapu:tokapu-all, which brings the native libraries and both bindings, or the tokapu-native of this"
                    + " platform";
        }
        return "see what " + property + " names";
    }

    static ModelSource source(@Nullable String location) {
        if (location == null) {
            return DefaultModel.source();
        }
        return location.startsWith(CLASS_PATH) ? ModelSource.resource(resource(location)) : ModelSource.of(location);
    }

    private static String resource(String location) {
        return location.substring(CLASS_PATH.length()).replaceFirst("^/+", "");
    }

    private static Engine start(Model model, EngineConfig config, Consumer<ContextOptions.Builder> context) {
        ContextOptions.Builder settings = ContextOptions.builder();
        config.threads().ifPresent(threads -> settings.threads(threads).batchThreads(threads));
        context.accept(settings);
        EngineOptions.Builder options = EngineOptions.builder().context(settings.build());
        config.maxSequences().ifPresent(options::maxSequences);
        config.contextSize().ifPresent(options::sequenceContextSize);
        config.queueCapacity().ifPresent(options::queueCapacity);
        config.chatTemplate().map(Engines::text).ifPresent(options::chatTemplate);
        return Engine.start(model, options.build());
    }

    private static String text(String location) {
        try {
            if (!location.startsWith(CLASS_PATH)) {
                return Files.readString(Path.of(location));
            }
            try (InputStream text =
                    Thread.currentThread().getContextClassLoader().getResourceAsStream(resource(location))) {
                if (text == null) {
                    throw new IOException("it is not on the class path");
                }
                return new String(text.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the chat template " + location + " cannot be read: " + e.getMessage(), e);
        }
    }
}
