package dev.tokapu.examples.langchain4j;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.ReturnBehavior;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.langchain4j.TokapuChatModel;
import dev.tokapu.langchain4j.TokapuChatRequestParameters;
import dev.tokapu.langchain4j.TokapuEmbeddingModel;
import dev.tokapu.langchain4j.TokapuStreamingChatModel;
import dev.tokapu.langchain4j.TokapuTokenCountEstimator;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** LangChain4j with a model in this process: a chat, a Java value, tools, a stream that is cancelled. */
public final class LocalAssistant {

    private LocalAssistant() {}

    public enum Product {
        KETTLE,
        LAMP,
        KNIFE
    }

    public enum Mood {
        GOOD,
        NEUTRAL,
        BAD
    }

    public record Review(Product product, Mood mood) {}

    public enum Town {
        PARIS,
        ROME,
        OSLO
    }

    /** An AI service that answers with a Java value. */
    interface Critic {
        Review review(String text);
    }

    /** What the model may call; the result is the answer. */
    static final class Weather {

        @Tool(value = "The weather of a town", returnBehavior = ReturnBehavior.IMMEDIATE)
        String weather(@P("the town") Town town) {
            return "sunny in " + town;
        }
    }

    /** An AI service with tools. */
    interface Assistant {
        Result<String> chat(String message);
    }

    public static void main(String[] args) {
        ModelSource source = args.length > 0 ? ModelSource.file(Path.of(args[0])) : DefaultModel.source();
        EngineOptions options = EngineOptions.builder()
                .maxSequences(4) // requests at the same time; more wait
                .sequenceContextSize(2048) // tokens of each, prompt and answer
                .build();
        try (Model model = Model.load(source);
                Engine engine = Engine.start(model, options)) {
            ChatModel chat = TokapuChatModel.builder()
                    .engine(engine)
                    .temperature(0.0)
                    .maxOutputTokens(60)
                    .build();
            System.out.println("Chat: " + chat.chat("Why is the sky blue?"));
            typed(chat);
            tools(engine);
            parameters(chat);
            stream(engine);
            embed(model);
        }
    }

    private static void typed(ChatModel chat) {
        Critic critic = AiServices.create(Critic.class, chat);
        System.out.println("Value: " + critic.review("The kettle is fast, but it leaks."));
    }

    private static void tools(Engine engine) {
        ChatModel chat = TokapuChatModel.builder()
                .engine(engine)
                .temperature(0.0)
                .maxOutputTokens(60)
                .defaultRequestParameters(ChatRequestParameters.builder()
                        .toolChoice(ToolChoice.REQUIRED) // without it, the model decides
                        .build())
                .build();
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(chat)
                .tools(new Weather())
                .build();
        assistant
                .chat("How is the weather in Rome?")
                .toolExecutions()
                .forEach(call -> System.out.println("Tool: " + call.request().arguments() + " -> " + call.result()));
    }

    private static void parameters(ChatModel chat) {
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from("Name three colors."))
                .parameters(TokapuChatRequestParameters.builder()
                        .seed(7)
                        .minP(0.1)
                        .reasoning(ReasoningOptions.defaults().withBudget(100))
                        .scheduling(SchedulingOptions.defaults().withPriority(1).withDeadline(Duration.ofMinutes(5)))
                        .build())
                .build();
        ChatResponse response = chat.chat(request);
        System.out.println("Metadata: " + response.metadata());
    }

    private static void stream(Engine engine) {
        StreamingChatModel chat = TokapuStreamingChatModel.builder()
                .engine(engine)
                .maxOutputTokens(500)
                .build();
        CompletableFuture<Void> end = new CompletableFuture<>();
        System.out.print("Stream: ");
        chat.chat("Tell me about the sea.", new StreamingChatResponseHandler() {
            private int length;

            @Override
            public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
                System.out.print(part.text());
                length += part.text().length();
                if (length > 80) {
                    context.streamingHandle().cancel(); // nothing more is computed, or called
                    end.complete(null);
                }
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                end.complete(null);
            }

            @Override
            public void onError(Throwable error) {
                end.completeExceptionally(error);
            }
        });
        end.join();
        System.out.println();
    }

    private static void embed(Model model) {
        try (TokapuEmbeddingModel embeddings = TokapuEmbeddingModel.builder()
                        .model(model)
                        .embedderOptions(EmbedderOptions.builder()
                                .pooling(Pooling.MEAN) // what the model's file says, unless set
                                .queryPrefix("query: ")
                                .documentPrefix("passage: ")
                                .build())
                        .build();
                TokapuTokenCountEstimator tokens = TokapuTokenCountEstimator.of(model)) {
            String text = "The sea is deep.";
            System.out.println("Embedding: " + embeddings.embed(text).content().dimension() + " numbers for "
                    + tokens.estimateTokenCountInText(text) + " tokens");
        }
    }
}
