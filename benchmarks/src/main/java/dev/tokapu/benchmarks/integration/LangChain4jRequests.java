package dev.tokapu.benchmarks.integration;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.tokapu.engine.Engine;
import dev.tokapu.langchain4j.TokapuChatModel;
import dev.tokapu.langchain4j.TokapuStreamingChatModel;
import java.util.concurrent.CompletableFuture;

/** Requests through LangChain4j. */
final class LangChain4jRequests {

    private final TokapuChatModel chat;
    private final TokapuStreamingChatModel streaming;

    LangChain4jRequests(Engine engine, int tokens) {
        this.chat = TokapuChatModel.builder()
                .engine(engine)
                .temperature(0.0)
                .maxOutputTokens(tokens)
                .build();
        this.streaming = TokapuStreamingChatModel.builder()
                .engine(engine)
                .temperature(0.0)
                .maxOutputTokens(tokens)
                .build();
    }

    String call() {
        return chat.chat(request()).aiMessage().text();
    }

    String stream() {
        CompletableFuture<ChatResponse> response = new CompletableFuture<>();
        streaming.chat(request(), new StreamingChatResponseHandler() {
            @Override
            public void onCompleteResponse(ChatResponse complete) {
                response.complete(complete);
            }

            @Override
            public void onError(Throwable error) {
                response.completeExceptionally(error);
            }
        });
        return response.join().aiMessage().text();
    }

    private static ChatRequest request() {
        return ChatRequest.builder()
                .messages(UserMessage.from(IntegrationBench.QUESTION))
                .build();
    }
}
