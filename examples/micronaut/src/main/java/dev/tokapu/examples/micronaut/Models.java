package dev.tokapu.examples.micronaut;

import dev.langchain4j.model.chat.ChatModel;
import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.langchain4j.TokapuChatModel;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;

/** The model, the engine that serves it, and LangChain4j's chat model on it. */
@Factory
final class Models {

    /** The path of a GGUF file, or a name such as hf://org/repo:Q4_K_M; the default model where nothing is set. */
    @Context // loaded before the server takes requests
    @Bean(preDestroy = "close")
    Model model(@Value("${tokapu.model:}") String name) {
        return Model.load(name.isEmpty() ? DefaultModel.source() : ModelSource.of(name));
    }

    @Context
    @Bean(preDestroy = "close")
    Engine engine(Model model) {
        EngineOptions options = EngineOptions.builder()
                .maxSequences(4) // requests at the same time; more wait
                .sequenceContextSize(2048) // tokens of each, prompt and answer
                .build();
        return Engine.start(model, options);
    }

    @Singleton
    ChatModel chat(Engine engine) {
        return TokapuChatModel.builder()
                .engine(engine)
                .temperature(0.0)
                .maxOutputTokens(60)
                .build();
    }
}
