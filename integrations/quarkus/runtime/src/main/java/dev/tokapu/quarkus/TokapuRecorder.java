package dev.tokapu.quarkus;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.DisabledChatModel;
import dev.langchain4j.model.chat.DisabledStreamingChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.embedding.DisabledEmbeddingModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.tokapu.engine.Engine;
import dev.tokapu.langchain4j.TokapuChatModel;
import dev.tokapu.langchain4j.TokapuChatModelBuilder;
import dev.tokapu.langchain4j.TokapuEmbeddingModel;
import dev.tokapu.langchain4j.TokapuStreamingChatModel;
import io.quarkiverse.langchain4j.ModelBuilderCustomizer;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;
import io.quarkus.arc.ActiveResult;
import io.quarkus.arc.SyntheticCreationalContext;
import io.quarkus.runtime.RuntimeValue;
import io.quarkus.runtime.annotations.Recorder;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.util.TypeLiteral;
import java.lang.annotation.Annotation;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What makes the beans, from the configuration that the application starts with.
 *
 * <p>Thread safety: used by Quarkus.
 *
 * @since 0.1
 */
@Recorder
public class TokapuRecorder {

    private static final TypeLiteral<Instance<ModelBuilderCustomizer<TokapuChatModel.Builder>>> CHAT =
            new TypeLiteral<>() {};
    private static final TypeLiteral<Instance<ModelBuilderCustomizer<TokapuStreamingChatModel.Builder>>> STREAMING =
            new TypeLiteral<>() {};
    private static final TypeLiteral<Instance<ModelBuilderCustomizer<TokapuEmbeddingModel.Builder>>> EMBEDDING =
            new TypeLiteral<>() {};
    private static final TypeLiteral<Instance<Engine>> ENGINE = new TypeLiteral<>() {};
    private static final TypeLiteral<Instance<ChatModelListener>> LISTENERS = new TypeLiteral<>() {};

    private final RuntimeValue<TokapuConfig> config;

    /** Quarkus does. */
    public TokapuRecorder(RuntimeValue<TokapuConfig> config) {
        this.config = config;
    }

    /** {@return whether the models of a name are switched on} */
    public Supplier<ActiveResult> active(String name) {
        String property = "quarkus.langchain4j.tokapu." + TokapuEngines.key(name, "enable-integration");
        return () -> models(name).enableIntegration()
                ? ActiveResult.active()
                : ActiveResult.inactive(property + " is false: there is no engine");
    }

    /** {@return the engine of the chat models of a name} */
    public Function<SyntheticCreationalContext<Engine>, Engine> chatEngine(String name) {
        return context -> {
            ChatModelConfig chat = models(name).chatModel();
            return Engines.open(
                    property(name, TokapuEngines.CHAT), chat.modelName().orElse(null), chat.engine(), settings -> {});
        };
    }

    /** {@return the engine of the embedding model of a name} */
    public Function<SyntheticCreationalContext<Engine>, Engine> embeddingEngine(String name) {
        return context -> {
            EmbeddingModelConfig embedding = models(name).embeddingModel();
            String property = property(name, TokapuEngines.EMBEDDING);
            String location = embedding
                    .modelName()
                    .orElseThrow(() -> new ConfigurationException(
                            property + " is not set; set it to the path of a GGUF file of an embedding model, or a name"
                                    + " such as hf://org/repo:Q8_0",
                            Set.of(property)));
            return Engines.open(property, location, embedding.engine(), settings -> {
                settings.embeddings(true);
                embedding.pooling().ifPresent(settings::pooling);
            });
        };
    }

    /** {@return the chat model of a name} */
    public Function<SyntheticCreationalContext<ChatModel>, ChatModel> chatModel(String name) {
        return context -> {
            if (!models(name).enableIntegration()) {
                return new DisabledChatModel();
            }
            TokapuChatModel.Builder builder = set(TokapuChatModel.builder(), name, context);
            ModelBuilderCustomizer.applyCustomizers(injected(context, CHAT), builder, name);
            return builder.build();
        };
    }

    /** {@return the streaming chat model of a name} */
    public Function<SyntheticCreationalContext<StreamingChatModel>, StreamingChatModel> streamingChatModel(
            String name) {
        return context -> {
            if (!models(name).enableIntegration()) {
                return new DisabledStreamingChatModel();
            }
            TokapuStreamingChatModel.Builder builder = set(TokapuStreamingChatModel.builder(), name, context);
            ModelBuilderCustomizer.applyCustomizers(injected(context, STREAMING), builder, name);
            return builder.build();
        };
    }

    /** {@return the embedding model of a name} */
    public Function<SyntheticCreationalContext<EmbeddingModel>, EmbeddingModel> embeddingModel(String name) {
        return context -> {
            if (!models(name).enableIntegration()) {
                return new DisabledEmbeddingModel();
            }
            Annotation engine = Identifier.Literal.of(TokapuEngines.key(name, TokapuEngines.EMBEDDING));
            TokapuEmbeddingModel.Builder builder = TokapuEmbeddingModel.builder()
                    .engine(engine(context, engine))
                    .embedderOptions(Settings.embedder(models(name).embeddingModel()));
            ModelBuilderCustomizer.applyCustomizers(injected(context, EMBEDDING), builder, name);
            return builder.build();
        };
    }

    private <B extends TokapuChatModelBuilder<B>> B set(B builder, String name, SyntheticCreationalContext<?> context) {
        Annotation qualifier = NamedConfigUtil.isDefault(name) ? Default.Literal.INSTANCE : ModelName.Literal.of(name);
        Engine engine = engine(context, qualifier);
        if (engine.options().context().embeddings()) {
            throw new IllegalStateException(
                    "the application's Engine bean makes embeddings and cannot chat; give that bean an"
                            + " @Identifier, so that the chat model has an engine of its own");
        }
        return builder.engine(engine)
                .defaultRequestParameters(Settings.parameters(models(name).chatModel()))
                .listeners(context.getInjectedReference(LISTENERS).stream().toList());
    }

    /** {@return an engine, which is looked up only here: there is none where the models are switched off} */
    private static Engine engine(SyntheticCreationalContext<?> context, Annotation qualifier) {
        return context.getInjectedReference(ENGINE, qualifier).get();
    }

    private static <B> Instance<ModelBuilderCustomizer<B>> injected(
            SyntheticCreationalContext<?> context, TypeLiteral<Instance<ModelBuilderCustomizer<B>>> type) {
        return context.getInjectedReference(type, Any.Literal.INSTANCE);
    }

    private static String property(String name, String kind) {
        return "quarkus.langchain4j.tokapu." + TokapuEngines.key(name, kind) + ".model-name";
    }

    private TokapuConfig.Models models(String name) {
        TokapuConfig all = config.getValue();
        return NamedConfigUtil.isDefault(name)
                ? all.defaultConfig()
                : Objects.requireNonNull(all.namedConfig().get(name));
    }
}
