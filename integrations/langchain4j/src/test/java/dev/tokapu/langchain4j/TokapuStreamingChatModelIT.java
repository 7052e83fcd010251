package dev.tokapu.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.tokapu.Playbook;
import dev.tokapu.ScriptedChat;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.sampling.Sampler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What LangChain4j's own tests of streams do not ask. */
@Timeout(300)
class TokapuStreamingChatModelIT {

    private static final int WORDS = 300;

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine(
            EngineOptions.builder().chatTemplate(ScriptedChat.TEMPLATE).build());

    private static Playbook words() {
        return new Playbook().says("Go on", "word ".repeat(WORDS) + "end");
    }

    private static ChatRequest request(String text) {
        return ChatRequest.builder().messages(UserMessage.from(text)).build();
    }

    /** Notes what it is told. */
    private static class Notes implements StreamingChatResponseHandler {

        final StringBuilder text = new StringBuilder();
        final StringBuilder thoughts = new StringBuilder();
        final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

        @Override
        public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            text.append(part.text());
        }

        @Override
        public void onPartialThinking(PartialThinking part) {
            thoughts.append(part.text());
        }

        @Override
        public void onCompleteResponse(ChatResponse complete) {
            response.complete(complete);
        }

        @Override
        public void onError(Throwable error) {
            response.completeExceptionally(error);
        }
    }

    @Test
    void chat_modelThinks_thoughtComesApart() {
        Notes notes = new Notes();
        SCRIPTED.streaming(new Playbook().says("legs", "<think>Two and six.</think>Eight."))
                .build()
                .chat("How many legs?", notes);
        ChatResponse response = notes.response.join();
        assertThat(response.aiMessage().thinking()).isEqualTo("Two and six.").isEqualTo(notes.thoughts.toString());
        assertThat(response.aiMessage().text()).isEqualTo("Eight.").isEqualTo(notes.text.toString());
    }

    @Test
    void chat_cancelledByItsHandle_endsAndTellsNothingMore() {
        AtomicInteger parts = new AtomicInteger();
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        Notes notes = new Notes() {
            @Override
            public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
                parts.incrementAndGet();
                context.streamingHandle().cancel();
                cancelled.complete(null);
            }
        };
        long before = SCRIPTED.engine().snapshot().cancelled();
        SCRIPTED.streaming(words()).build().chat("Go on", notes);
        cancelled.join();
        await(() -> SCRIPTED.engine().snapshot().cancelled() > before);
        assertThat(parts).hasValue(1);
        assertThat(notes.response).isNotDone();
    }

    @Test
    void chat_imageInAMessage_isThrown() {
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from(ImageContent.from("http://127.0.0.1")))
                .build();
        assertThatThrownBy(() -> SCRIPTED.streaming(words()).build().chat(request, new Notes()))
                .isExactlyInstanceOf(UnsupportedFeatureException.class);
    }

    @Test
    void chat_whatElseIsWrong_isToldToTheHandler() {
        Notes unknown = new Notes();
        SCRIPTED.streaming(words())
                .build()
                .chat(
                        ChatRequest.builder()
                                .messages(UserMessage.from("Go on"))
                                .modelName("nobody")
                                .build(),
                        unknown);
        assertThatThrownBy(unknown.response::join).hasCauseExactlyInstanceOf(ModelNotFoundException.class);
        Notes tooLong = new Notes();
        SCRIPTED.streaming(words()).build().chat("word ".repeat(3000), tooLong);
        assertThatThrownBy(tooLong.response::join).hasCauseExactlyInstanceOf(InvalidRequestException.class);
    }

    /** Requests nothing by itself. */
    private static final class Reader implements Flow.Subscriber<ChatModelStreamingEvent> {

        final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        final CompletableFuture<Void> end = new CompletableFuture<>();
        final List<ChatModelStreamingEvent> events = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void onSubscribe(Flow.Subscription value) {
            subscription.complete(value);
        }

        @Override
        public void onNext(ChatModelStreamingEvent event) {
            events.add(event);
        }

        @Override
        public void onError(Throwable error) {
            end.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }

    @Test
    void publisher_fewAreRequested_engineWaitsForMoreRequests() {
        AtomicInteger sampled = new AtomicInteger();
        TokapuStreamingChatModel chat = SCRIPTED.streaming(words())
                .defaultRequestParameters(TokapuChatRequestParameters.builder()
                        .samplersFirst(List.of(
                                words().sampler(SCRIPTED.model()),
                                Sampler.custom(candidates -> sampled.incrementAndGet())))
                        .build())
                .build();
        Reader reader = new Reader();
        chat.chat(request("Go on")).subscribe(reader);
        Flow.Subscription subscription = reader.subscription.join();
        subscription.request(2);
        await(() -> reader.events.size() == 2 && isStable(sampled));
        int before = sampled.get();
        subscription.request(Long.MAX_VALUE);
        reader.end.join();
        assertThat(sampled.get()).isGreaterThanOrEqualTo(WORDS);
        assertThat(before).isLessThan(sampled.get());
        assertThat(reader.events.get(reader.events.size() - 1)).isInstanceOf(CompleteResponse.class);
    }

    private static boolean isStable(AtomicInteger count) {
        int before = count.get();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        return count.get() == before;
    }

    @Test
    void publisher_twoSubscribers_eachGetsAnAnswer() {
        Flow.Publisher<ChatModelStreamingEvent> publisher =
                SCRIPTED.streaming(words()).build().chat(request("Go on"));
        Reader one = new Reader();
        Reader other = new Reader();
        publisher.subscribe(one);
        publisher.subscribe(other);
        one.subscription.join().request(Long.MAX_VALUE);
        other.subscription.join().request(Long.MAX_VALUE);
        one.end.join();
        other.end.join();
        assertThat(text(one)).isEqualTo("word ".repeat(WORDS) + "end").isEqualTo(text(other));
    }

    private static String text(Reader reader) {
        StringBuilder text = new StringBuilder();
        reader.events.forEach(event -> text.append(event instanceof PartialResponse part ? part.text() : ""));
        return text.toString();
    }

    @Test
    void publisher_cancelled_endsTheAnswer() {
        long before = SCRIPTED.engine().snapshot().cancelled();
        Reader reader = new Reader();
        SCRIPTED.streaming(words()).build().chat(request("Go on")).subscribe(reader);
        Flow.Subscription subscription = reader.subscription.join();
        subscription.request(1);
        await(() -> !reader.events.isEmpty());
        subscription.cancel();
        await(() -> SCRIPTED.engine().snapshot().cancelled() > before);
        assertThat(reader.end).isNotDone();
    }

    @Test
    void publisher_requestOfNothing_isAnError() {
        Reader reader = new Reader();
        SCRIPTED.streaming(words()).build().chat(request("Go on")).subscribe(reader);
        reader.subscription.join().request(0);
        assertThatThrownBy(reader.end::join)
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("request(0); it must be above 0");
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
