package dev.tokapu.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.Engine;
import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spring.ai.TokapuChatModel;
import dev.tokapu.spring.ai.TokapuChatOptions;
import dev.tokapu.spring.ai.TokapuEmbeddingModel;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/** What is decided before a model is loaded. */
class TokapuAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ToolCallingAutoConfiguration.class,
                    TokapuChatAutoConfiguration.class,
                    TokapuEmbeddingAutoConfiguration.class,
                    TokapuEngineAutoConfiguration.class));

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({TokapuChatProperties.class, TokapuEmbeddingProperties.class, TokapuProperties.class
    })
    static class PropertiesAlone {}

    @Test
    void beans_otherProviderIsNamed_areNotThere() {
        runner.withPropertyValues("spring.ai.model.chat=ollama", "spring.ai.model.embedding=ollama")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(Engine.class)
                        .doesNotHaveBean(TokapuChatModel.class)
                        .doesNotHaveBean(TokapuEmbeddingModel.class)
                        .doesNotHaveBean(EngineLifecycle.class));
    }

    @Test
    void beans_classIsMissing_areNotThere() {
        runner.withClassLoader(new FilteredClassLoader(TokapuChatModel.class, TokapuEmbeddingModel.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Engine.class));
    }

    @Test
    void properties_ofTheChat_areOptions() {
        new ApplicationContextRunner()
                .withUserConfiguration(PropertiesAlone.class)
                .withPropertyValues(
                        "spring.ai.tokapu.chat.temperature=0.5",
                        "spring.ai.tokapu.chat.top-p=0.9",
                        "spring.ai.tokapu.chat.top-k=40",
                        "spring.ai.tokapu.chat.min-p=0.05",
                        "spring.ai.tokapu.chat.max-tokens=100",
                        "spring.ai.tokapu.chat.seed=7",
                        "spring.ai.tokapu.chat.frequency-penalty=0.1",
                        "spring.ai.tokapu.chat.presence-penalty=0.2",
                        "spring.ai.tokapu.chat.repeat-penalty=1.1",
                        "spring.ai.tokapu.chat.stop-sequences=END,STOP",
                        "spring.ai.tokapu.chat.parallel-tool-calls=false",
                        "spring.ai.tokapu.chat.thinking=true",
                        "spring.ai.tokapu.chat.thinking-budget=50",
                        "spring.ai.tokapu.chat.reasoning-effort=low",
                        "spring.ai.tokapu.chat.deadline=30s",
                        "spring.ai.tokapu.chat.engine.max-sequences=8",
                        "spring.ai.tokapu.chat.engine.chat-template=classpath:none.jinja")
                .run(context -> {
                    TokapuChatProperties properties = context.getBean(TokapuChatProperties.class);
                    TokapuChatOptions options = properties.toOptions();
                    assertThat(options.getScheduling().deadline()).isEqualTo(Duration.ofSeconds(30));
                    assertThat(options.mutate().scheduling(null).build())
                            .isEqualTo(TokapuChatOptions.builder()
                                    .temperature(0.5)
                                    .topP(0.9)
                                    .topK(40)
                                    .minP(0.05)
                                    .maxTokens(100)
                                    .seed(7)
                                    .frequencyPenalty(0.1)
                                    .presencePenalty(0.2)
                                    .repeatPenalty(1.1)
                                    .stopSequences(List.of("END", "STOP"))
                                    .parallelToolCalls(false)
                                    .thinking(true)
                                    .thinkingBudget(50)
                                    .reasoningEffort("low")
                                    .build());
                    assertThat(properties.engine().maxSequences()).isEqualTo(8);
                    assertThat(context.getBean(TokapuProperties.class).shutdownTimeout())
                            .isEqualTo(Duration.ofSeconds(20));
                });
    }

    @Test
    void properties_none_areTheDefaults() {
        new ApplicationContextRunner()
                .withUserConfiguration(PropertiesAlone.class)
                .run(context -> {
                    assertThat(context.getBean(TokapuChatProperties.class).toOptions())
                            .isEqualTo(TokapuChatOptions.builder().build());
                    assertThat(context.getBean(TokapuEmbeddingProperties.class)
                                    .toOptions()
                                    .normalized())
                            .isTrue();
                });
    }

    @Test
    void metadata_ofProperties_hasTheirDescriptions() throws IOException {
        assertThat(resource("META-INF/spring-configuration-metadata.json"))
                .contains("\"spring.ai.tokapu.chat.model\"", "\"spring.ai.tokapu.chat.engine.max-sequences\"")
                .contains("\"spring.ai.tokapu.embedding.query-prefix\"", "\"management.health.tokapu.enabled\"")
                .contains("how random answers are; 0 always takes the likeliest token");
        assertThat(resource("META-INF/spring-autoconfigure-metadata.properties"))
                .contains("TokapuChatAutoConfiguration.ConditionalOnClass=dev.tokapu.spring.ai.TokapuChatModel");
    }

    /** Of all jars. */
    private static String resource(String name) throws IOException {
        StringBuilder text = new StringBuilder();
        for (URL url :
                Collections.list(TokapuChatProperties.class.getClassLoader().getResources(name))) {
            try (InputStream in = url.openStream()) {
                text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    @Test
    void source_eachKind_isWhatItSays() {
        assertThat(Engines.source("classpath:/models/a.gguf")).isEqualTo(ModelSource.resource("models/a.gguf"));
        assertThat(Engines.source("hf://org/repo:Q4_K_M")).isInstanceOf(ModelSource.Remote.class);
        ModelSource file = ModelSource.file(Path.of("/models/a b.gguf"));
        assertThat(List.of("/models/a b.gguf", "file:/models/a b.gguf", "file:///models/a%20b.gguf"))
                .extracting(Engines::source)
                .containsOnly(file);
        assertThat(Engines.source("file:models/a.gguf")).isEqualTo(ModelSource.file(Path.of("models/a.gguf")));
    }

    @Test
    void lifecycle_stopsBehindExecutors() {
        assertThat(EngineLifecycle.PHASE).isLessThan(ExecutorConfigurationSupport.DEFAULT_PHASE);
    }

    @Test
    void analyzer_eachFailure_saysWhatToDo() {
        assertThat(analysis(new ModelLoadException("a.gguf", "it is not there")))
                .returns("cannot load model a.gguf: it is not there", FailureAnalysis::getDescription)
                .extracting(FailureAnalysis::getAction)
                .asString()
                .startsWith("Set spring.ai.tokapu.chat.model (of an embedding model");
        assertThat(analysis(new ContextCreationException("no memory")).getAction())
                .contains("max-sequences");
        assertThat(analysis(new GrammarException("is broken"))).isNull();
    }

    private static FailureAnalysis analysis(RuntimeException cause) {
        return new TokapuFailureAnalyzer().analyze(new IllegalStateException("no bean", cause));
    }
}
