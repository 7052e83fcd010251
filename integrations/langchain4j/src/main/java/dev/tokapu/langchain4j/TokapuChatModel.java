package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.spi.ServiceHelper;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.engine.Generation;
import java.util.concurrent.CompletableFuture;

/**
 * LangChain4j's chat model on an engine of this process: tools, typed answers and thoughts with any model that has a chat template.
 *
 * <pre>{@code
 * try (Model file = Model.load(Path.of("model.gguf"));
 *         Engine engine = Engine.start(file)) {
 *     ChatModel chat = TokapuChatModel.builder().engine(engine).temperature(0.2).build();
 *     System.out.println(chat.chat("Why is the sky blue?"));
 * }
 * }</pre>
 *
 * <p>Any number of threads may ask at the same time; the engine computes their answers together. What goes wrong is one of
 * LangChain4j's exceptions. An interrupt of the asking thread cancels the answer.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class TokapuChatModel extends EngineChat implements ChatModel {

    private TokapuChatModel(ChatCalls calls) {
        super(calls);
    }

    /** {@return a builder; a {@link TokapuChatModelBuilderFactory} that the class path has may give another} */
    public static Builder builder() {
        for (TokapuChatModelBuilderFactory factory : ServiceHelper.loadFactories(TokapuChatModelBuilderFactory.class)) {
            return factory.get();
        }
        return new Builder();
    }

    @Override
    public ChatResponse doChat(ChatRequest chatRequest) {
        return Failures.mapped(() -> {
            ChatCalls.Prepared request = calls.prepare(chatRequest);
            try (Generation generation = request.submit()) {
                return response(request, generation);
            }
        });
    }

    /** Waits for the end. */
    @SuppressWarnings("CheckReturnValue") // the text is in the response
    private static ChatResponse response(ChatCalls.Prepared request, Generation generation) {
        ChatAnswer answer = generation.chatAnswer();
        answer.text();
        return ChatCalls.response(request, generation, answer);
    }

    /** {@inheritDoc} The calling thread renders and tokenizes the prompt; cancelling the future cancels the answer. */
    @Override
    public CompletableFuture<ChatResponse> doChatAsync(ChatRequest chatRequest) {
        try {
            ChatCalls.Prepared request = calls.prepare(chatRequest);
            Generation generation = request.submit();
            CompletableFuture<ChatResponse> response = new CompletableFuture<>();
            CompletableFuture<?> unused = response.whenComplete((value, failure) -> generation.cancel());
            unused = generation.result().whenComplete((value, failure) -> complete(response, request, generation));
            return response;
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(Failures.mapped(e));
        }
    }

    private static void complete(
            CompletableFuture<ChatResponse> response, ChatCalls.Prepared request, Generation generation) {
        try {
            response.complete(response(request, generation));
        } catch (RuntimeException e) {
            response.completeExceptionally(Failures.mapped(e));
        }
    }

    /**
     * A builder for {@link TokapuChatModel}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static class Builder extends TokapuChatModelBuilder<Builder> {

        /** Nothing is set. */
        public Builder() {}

        @Override
        final Builder self() {
            return this;
        }

        /**
         * The chat model.
         *
         * @return the model, to be closed by the caller where it starts an engine of its own
         * @throws dev.tokapu.exception.ModelLoadException when the model cannot be loaded
         * @throws dev.tokapu.exception.ContextCreationException when the engine cannot be started, for example for lack of memory
         * @throws dev.langchain4j.exception.ModelNotFoundException when the catalog has no model of the name
         * @throws IllegalArgumentException when not exactly one of engine, catalog, model and modelSource is set
         */
        public TokapuChatModel build() {
            return new TokapuChatModel(open());
        }
    }
}
