package dev.tokapu.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.spi.ServiceHelper;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;

/**
 * LangChain4j's streaming chat model on an engine of this process; as {@link TokapuChatModel} otherwise.
 *
 * <p>Each answer has a thread of its own, which calls its handler or its subscriber. A handler cancels by the handle in its context; then
 * nothing more is computed or called. The engine gets a subscriber's request, from that thread, when the subscriber first requests something, and computes
 * as much as is requested; an answer that waits for more requests keeps its place of {@code maxSequences}.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class TokapuStreamingChatModel extends EngineChat implements StreamingChatModel {

    private final Executor executor;

    private TokapuStreamingChatModel(ChatCalls calls, Executor executor) {
        super(calls);
        this.executor = executor;
    }

    /** {@return a builder; a {@link TokapuStreamingChatModelBuilderFactory} that the class path has may give another} */
    public static Builder builder() {
        for (TokapuStreamingChatModelBuilderFactory factory :
                ServiceHelper.loadFactories(TokapuStreamingChatModelBuilderFactory.class)) {
            return factory.get();
        }
        return new Builder();
    }

    /**
     * {@inheritDoc} The calling thread renders and tokenizes the prompt and submits the request. What is not supported is thrown here, everything else is an
     * error that the handler is told.
     */
    @Override
    public void doChat(ChatRequest chatRequest, StreamingChatResponseHandler handler) {
        StreamedAnswer answer;
        try {
            answer = new StreamedAnswer(Failures.mapped(() -> calls.prepare(chatRequest)));
            answer.submitted();
        } catch (UnsupportedFeatureException e) {
            throw e;
        } catch (RuntimeException e) {
            tell(handler, () -> HandlerCall.fail(handler, e));
            return;
        }
        boolean told = false;
        try {
            told = tell(handler, new HandlerCall(answer, handler));
        } finally {
            if (!told) { // nobody would read it
                answer.cancel();
            }
        }
    }

    /** {@return whether there is a thread for it; else this one has told so} */
    private boolean tell(StreamingChatResponseHandler handler, Runnable call) {
        try {
            executor.execute(call);
            return true;
        } catch (RejectedExecutionException e) {
            HandlerCall.fail(handler, Failures.mapped(e));
            return false;
        }
    }

    /** {@inheritDoc} Nothing happens until somebody subscribes; each subscriber gets an answer of its own. */
    @Override
    public Flow.Publisher<ChatModelStreamingEvent> doChat(ChatRequest chatRequest) {
        return new EventPublisher(calls, chatRequest, executor);
    }

    /**
     * A builder for {@link TokapuStreamingChatModel}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static class Builder extends TokapuChatModelBuilder<Builder> {

        private Executor executor = StreamingThreads.shared();

        /** Nothing is set. */
        public Builder() {}

        @Override
        final Builder self() {
            return this;
        }

        /**
         * Sets where answers are told: a task for each, which waits; daemon threads unless set, from Java 21 on virtual ones do as well. When it
         * rejects a task, the calling thread tells a {@link dev.langchain4j.exception.RateLimitException}.
         */
        public Builder executor(Executor value) {
            executor = Objects.requireNonNull(value, "executor");
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
        public TokapuStreamingChatModel build() {
            return new TokapuStreamingChatModel(open(), executor);
        }
    }
}
