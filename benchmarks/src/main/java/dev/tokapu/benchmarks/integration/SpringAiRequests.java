package dev.tokapu.benchmarks.integration;

import dev.tokapu.engine.Engine;
import dev.tokapu.spring.ai.TokapuChatModel;
import dev.tokapu.spring.ai.TokapuChatOptions;
import java.util.stream.Collectors;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;

/** Requests through Spring AI. */
final class SpringAiRequests {

    private final TokapuChatModel model;

    SpringAiRequests(Engine engine, int tokens) {
        this.model = TokapuChatModel.builder()
                .engine(engine)
                .options(TokapuChatOptions.builder()
                        .temperature(0.0)
                        .maxTokens(tokens)
                        .build())
                .build();
    }

    String call() {
        return text(model.call(prompt()));
    }

    String stream() {
        return model.stream(prompt())
                .map(SpringAiRequests::text)
                .collect(Collectors.joining())
                .blockOptional()
                .orElse("");
    }

    private static String text(ChatResponse response) {
        Generation result = response.getResult();
        String text = result == null ? null : result.getOutput().getText();
        return text == null ? "" : text; // the last part of a stream has none
    }

    private static Prompt prompt() {
        return new Prompt(IntegrationBench.QUESTION);
    }
}
