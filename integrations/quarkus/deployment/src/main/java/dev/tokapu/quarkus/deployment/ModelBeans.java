package dev.tokapu.quarkus.deployment;

import dev.tokapu.engine.Engine;
import dev.tokapu.langchain4j.TokapuChatModel;
import dev.tokapu.langchain4j.TokapuEmbeddingModel;
import dev.tokapu.langchain4j.TokapuStreamingChatModel;
import dev.tokapu.quarkus.EngineDestroyer;
import dev.tokapu.quarkus.TokapuRecorder;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.deployment.DotNames;
import io.quarkiverse.langchain4j.deployment.LangChain4jDotNames;
import io.quarkiverse.langchain4j.deployment.items.SelectedChatModelProviderBuildItem;
import io.quarkiverse.langchain4j.deployment.items.SelectedEmbeddingModelCandidateBuildItem;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;
import io.quarkus.arc.deployment.BeanDiscoveryFinishedBuildItem;
import io.quarkus.arc.deployment.SyntheticBeanBuildItem;
import io.quarkus.arc.processor.InjectionPointInfo;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.ExecutionTime;
import io.quarkus.deployment.annotations.Record;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.ClassType;
import org.jboss.jandex.DotName;
import org.jboss.jandex.ParameterizedType;
import org.jboss.jandex.Type;

/** The beans of the models that the application asks for, and of the engines that compute them. */
final class ModelBeans {

    private static final DotName ENGINE = DotName.createSimple(Engine.class);
    private static final AnnotationInstance ANY =
            AnnotationInstance.builder(Any.class).build();
    private static final AnnotationInstance DEFAULT =
            AnnotationInstance.builder(jakarta.enterprise.inject.Default.class).build();

    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    void chatModels(
            TokapuRecorder recorder,
            BeanDiscoveryFinishedBuildItem beans,
            List<SelectedChatModelProviderBuildItem> selected,
            BuildProducer<SyntheticBeanBuildItem> producer) {
        Set<String> engines = injectedEngines(beans);
        for (SelectedChatModelProviderBuildItem model : selected) {
            String name = model.getConfigName();
            if (!model.getProvider().equals(TokapuProcessor.PROVIDER)) {
                continue;
            }
            engines.add(name);
            producer.produce(chatBean(LangChain4jDotNames.CHAT_MODEL, TokapuChatModel.Builder.class, name)
                    .createWith(recorder.chatModel(name))
                    .done());
            producer.produce(
                    chatBean(LangChain4jDotNames.STREAMING_CHAT_MODEL, TokapuStreamingChatModel.Builder.class, name)
                            .createWith(recorder.streamingChatModel(name))
                            .done());
        }
        for (String name : engines) {
            producer.produce(engine(recorder, name)
                    .addQualifier(qualifier(name))
                    .createWith(recorder.chatEngine(name))
                    .done());
        }
    }

    /** An application may use an engine without a chat model. */
    private static Set<String> injectedEngines(BeanDiscoveryFinishedBuildItem beans) {
        Set<String> names = new TreeSet<>();
        for (InjectionPointInfo point : beans.getInjectionPoints()) {
            if (point.getRequiredType().name().equals(ENGINE)) {
                AnnotationInstance name = point.getRequiredQualifier(LangChain4jDotNames.MODEL_NAME);
                if (name != null) {
                    names.add(name.value().asString());
                } else if (point.hasDefaultedQualifier()) {
                    names.add(NamedConfigUtil.DEFAULT_NAME);
                }
            }
        }
        return names;
    }

    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    void embeddingModels(
            TokapuRecorder recorder,
            List<SelectedEmbeddingModelCandidateBuildItem> selected,
            BuildProducer<SyntheticBeanBuildItem> producer) {
        for (SelectedEmbeddingModelCandidateBuildItem model : selected) {
            String name = model.getConfigName();
            if (!model.getProvider().equals(TokapuProcessor.PROVIDER)) {
                continue;
            }
            AnnotationInstance identifier = AnnotationInstance.builder(Identifier.class)
                    .value(NamedConfigUtil.isDefault(name) ? "embedding-model" : name + ".embedding-model")
                    .build();
            producer.produce(engine(recorder, name)
                    .addQualifier(identifier)
                    .createWith(recorder.embeddingEngine(name))
                    .done());
            producer.produce(bean(LangChain4jDotNames.EMBEDDING_MODEL, TokapuEmbeddingModel.Builder.class, name)
                    .addInjectionPoint(instance(ClassType.create(ENGINE)), identifier)
                    .createWith(recorder.embeddingModel(name))
                    .unremovable()
                    .done());
        }
    }

    private static SyntheticBeanBuildItem.ExtendedBeanConfigurator engine(TokapuRecorder recorder, String name) {
        return SyntheticBeanBuildItem.configure(Engine.class)
                .setRuntimeInit()
                .defaultBean()
                .unremovable()
                .scope(Singleton.class)
                .checkActive(recorder.active(name))
                .destroyer(EngineDestroyer.class);
    }

    private static SyntheticBeanBuildItem.ExtendedBeanConfigurator chatBean(
            DotName type, Class<?> builder, String name) {
        return bean(type, builder, name)
                .addInjectionPoint(instance(ClassType.create(ENGINE)), qualifier(name))
                .addInjectionPoint(instance(ClassType.create(DotNames.CHAT_MODEL_LISTENER)));
    }

    private static SyntheticBeanBuildItem.ExtendedBeanConfigurator bean(DotName type, Class<?> builder, String name) {
        return SyntheticBeanBuildItem.configure(type)
                .setRuntimeInit()
                .defaultBean()
                .scope(ApplicationScoped.class)
                .addQualifier(qualifier(name))
                .addInjectionPoint(
                        instance(ParameterizedType.create(
                                DotNames.MODEL_BUILDER_CUSTOMIZER, ClassType.create(DotName.createSimple(builder)))),
                        ANY);
    }

    private static Type instance(Type type) {
        return ParameterizedType.create(DotNames.CDI_INSTANCE, type);
    }

    private static AnnotationInstance qualifier(String name) {
        return NamedConfigUtil.isDefault(name)
                ? DEFAULT
                : AnnotationInstance.builder(ModelName.class).value(name).build();
    }
}
