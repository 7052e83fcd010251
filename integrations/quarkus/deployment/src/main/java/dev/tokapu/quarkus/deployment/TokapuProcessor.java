package dev.tokapu.quarkus.deployment;

import dev.tokapu.chat.AnswerTypes;
import dev.tokapu.quarkus.EngineMeters;
import dev.tokapu.quarkus.EngineSpans;
import dev.tokapu.quarkus.TokapuEngines;
import dev.tokapu.quarkus.TokapuReadiness;
import dev.tokapu.source.RemoteModels;
import dev.tokapu.spi.NativeProvider;
import dev.tokapu.tool.ToolTypes;
import io.quarkiverse.langchain4j.deployment.items.ChatModelProviderCandidateBuildItem;
import io.quarkiverse.langchain4j.deployment.items.EmbeddingModelProviderCandidateBuildItem;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.bootstrap.classloading.QuarkusClassLoader;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.Produce;
import io.quarkus.deployment.builditem.FeatureBuildItem;
import io.quarkus.deployment.builditem.LogCategoryBuildItem;
import io.quarkus.deployment.builditem.ServiceStartBuildItem;
import io.quarkus.deployment.builditem.nativeimage.RuntimeInitializedPackageBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ServiceProviderBuildItem;
import io.quarkus.deployment.metrics.MetricsCapabilityBuildItem;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.metrics.MetricsFactory;
import io.quarkus.smallrye.health.deployment.spi.HealthBuildItem;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;

/** What the extension adds to an application besides its models. */
final class TokapuProcessor {

    static final String PROVIDER = "tokapu";

    private static final String FEATURE = "langchain4j-tokapu";

    /** Has come with LangChain4j 1.20. */
    private static final String NEW_CLASS = "dev.langchain4j.model.chat.response.ChatModelStreamingEvent";

    @BuildStep
    FeatureBuildItem feature() {
        return new FeatureBuildItem(FEATURE);
    }

    /** It tells pages of each model that is loaded; the application's own level comes first. */
    @BuildStep
    LogCategoryBuildItem log() {
        return new LogCategoryBuildItem("llama.cpp", Level.WARNING);
    }

    /** Quarkus LangChain4j's own is older, and a BOM that manages it wins over what this extension asks for. */
    @BuildStep
    @Produce(ServiceStartBuildItem.class)
    void requireLangChain4j() {
        if (!QuarkusClassLoader.isClassPresentAtRuntime(NEW_CLASS)) {
            throw new ConfigurationException(
                    "the application's dev.langchain4j:langchain4j-core is older than 1.20, which Tokapu needs; set its version"
                            + " to 1.20.0 in the dependencyManagement of the application, in front of imported BOMs");
        }
    }

    @BuildStep
    void providers(
            TokapuBuildTimeConfig config,
            BuildProducer<ChatModelProviderCandidateBuildItem> chat,
            BuildProducer<EmbeddingModelProviderCandidateBuildItem> embedding) {
        if (config.chatModel().enabled()) {
            chat.produce(new ChatModelProviderCandidateBuildItem(PROVIDER));
        }
        if (config.embeddingModel().enabled()) {
            embedding.produce(new EmbeddingModelProviderCandidateBuildItem(PROVIDER));
        }
    }

    @BuildStep
    AdditionalBeanBuildItem engines() {
        return AdditionalBeanBuildItem.unremovableOf(TokapuEngines.class);
    }

    @BuildStep
    HealthBuildItem health(TokapuBuildTimeConfig config) {
        return new HealthBuildItem(
                TokapuReadiness.class.getName(), config.health().enabled());
    }

    @BuildStep
    void meters(Optional<MetricsCapabilityBuildItem> metrics, BuildProducer<AdditionalBeanBuildItem> beans) {
        if (metrics.isPresent() && metrics.get().metricsSupported(MetricsFactory.MICROMETER)) {
            beans.produce(AdditionalBeanBuildItem.unremovableOf(EngineMeters.class));
        }
    }

    @BuildStep
    void spans(TokapuBuildTimeConfig config, Capabilities capabilities, BuildProducer<AdditionalBeanBuildItem> beans) {
        if (config.telemetry().enabled() && capabilities.isPresent(Capability.OPENTELEMETRY_TRACER)) {
            beans.produce(AdditionalBeanBuildItem.unremovableOf(EngineSpans.class));
        }
    }

    /** Services have to be named to a native image, and libraries are loaded when it runs; the jars have the rest. */
    @BuildStep
    void nativeImage(
            BuildProducer<ServiceProviderBuildItem> services,
            BuildProducer<RuntimeInitializedPackageBuildItem> runtime) {
        Stream.of(NativeProvider.class, RemoteModels.class, AnswerTypes.class, ToolTypes.class)
                .map(service -> ServiceProviderBuildItem.allProvidersFromClassPath(service.getName()))
                .forEach(services::produce);
        runtime.produce(new RuntimeInitializedPackageBuildItem("dev.tokapu"));
        runtime.produce(new RuntimeInitializedPackageBuildItem("org.bytedeco.javacpp"));
    }
}
