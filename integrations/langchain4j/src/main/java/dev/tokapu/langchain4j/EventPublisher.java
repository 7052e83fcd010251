package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Generates an answer for each subscriber. */
record EventPublisher(ChatCalls calls, ChatRequest request, Executor executor)
        implements Flow.Publisher<ChatModelStreamingEvent> {

    @Override
    public void subscribe(Flow.@Nullable Subscriber<? super ChatModelStreamingEvent> subscriber) {
        EventSubscription subscription =
                new EventSubscription(calls, request, Objects.requireNonNull(subscriber, "subscriber"));
        try {
            executor.execute(subscription);
        } catch (RejectedExecutionException e) {
            subscription.refuse(e);
        }
    }
}
