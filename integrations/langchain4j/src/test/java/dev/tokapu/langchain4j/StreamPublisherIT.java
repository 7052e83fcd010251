package dev.tokapu.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.tokapu.engine.EngineSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What LangChain4j's own tests of publishers do not ask. */
@Timeout(300)
class StreamPublisherIT {

    private static final ChatRequest REQUEST =
            ChatRequest.builder().messages(UserMessage.from(LongAnswer.PROMPT)).build();

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

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

    /** Each token waits until it is allowed, so that the engine is not through with the text before it is paused. */
    @Test
    void publisher_fewAreRequested_engineWaitsForMoreRequests() {
        AtomicInteger sampled = new AtomicInteger();
        Semaphore allowed = new Semaphore(0);
        TokapuStreamingChatModel chat = LongAnswer.watched(SCRIPTED, () -> {
            allowed.acquireUninterruptibly();
            sampled.incrementAndGet();
        });
        Reader reader = new Reader();
        chat.chat(REQUEST).subscribe(reader);
        Flow.Subscription subscription = reader.subscription.join();
        subscription.request(2);
        LongAnswer.await(() -> {
            allowed.release();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            assertThat(reader.end).isNotDone();
            return reader.events.size() == 2 && isPaused();
        });
        assertThat(sampled.get()).isLessThan(LongAnswer.WORDS);
        allowed.release(2 * LongAnswer.WORDS);
        subscription.request(Long.MAX_VALUE);
        reader.end.join();
        assertThat(sampled.get()).isGreaterThanOrEqualTo(LongAnswer.WORDS);
        assertThat(reader.events.get(reader.events.size() - 1)).isInstanceOf(CompleteResponse.class);
    }

    private static boolean isPaused() {
        EngineSnapshot now = SCRIPTED.engine().snapshot();
        return now.running() == 1 && now.generating() == 0;
    }

    @Test
    void publisher_twoSubscribers_eachGetsAnAnswer() {
        Flow.Publisher<ChatModelStreamingEvent> publisher =
                LongAnswer.of(SCRIPTED).build().chat(REQUEST);
        Reader one = new Reader();
        Reader other = new Reader();
        publisher.subscribe(one);
        publisher.subscribe(other);
        one.subscription.join().request(Long.MAX_VALUE);
        other.subscription.join().request(Long.MAX_VALUE);
        one.end.join();
        other.end.join();
        assertThat(text(one)).isEqualTo(LongAnswer.TEXT).isEqualTo(text(other));
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
        CompletableFuture<Void> cancelled = LongAnswer.gate();
        LongAnswer.gated(SCRIPTED, cancelled).chat(REQUEST).subscribe(reader);
        Flow.Subscription subscription = reader.subscription.join();
        subscription.request(1);
        LongAnswer.await(() -> !reader.events.isEmpty());
        subscription.cancel();
        cancelled.complete(null);
        LongAnswer.await(() -> SCRIPTED.engine().snapshot().cancelled() > before);
        assertThat(reader.end).isNotDone();
    }

    @Test
    void publisher_requestOfNothing_isAnError() {
        Reader reader = new Reader();
        LongAnswer.of(SCRIPTED).build().chat(REQUEST).subscribe(reader);
        reader.subscription.join().request(0);
        assertThatThrownBy(reader.end::join)
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("request(0); it must be above 0");
    }

    @Test
    void publisher_nothingIsRequested_engineHasNoRequest() {
        CompletableFuture<Thread> telling = new CompletableFuture<>();
        long before = SCRIPTED.engine().snapshot().submitted();
        Reader reader = new Reader();
        LongAnswer.of(SCRIPTED)
                .executor(task -> start(telling, task))
                .build()
                .chat(REQUEST)
                .subscribe(reader);
        awaitWaiting(telling.join());
        assertThat(SCRIPTED.engine().snapshot().submitted()).isEqualTo(before);
        reader.subscription.join().request(Long.MAX_VALUE);
        reader.end.join();
        assertThat(text(reader)).endsWith("end");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void publisher_threadIsInterruptedWhileItWaitsForRequests_isAnError(int requested) {
        CompletableFuture<Thread> telling = new CompletableFuture<>();
        Reader reader = new Reader();
        LongAnswer.of(SCRIPTED)
                .executor(task -> start(telling, task))
                .build()
                .chat(REQUEST)
                .subscribe(reader);
        if (requested > 0) {
            reader.subscription.join().request(requested);
        }
        LongAnswer.await(() -> reader.events.size() == requested);
        awaitWaiting(telling.join());
        telling.join().interrupt();
        assertThatThrownBy(() -> reader.end.orTimeout(60, TimeUnit.SECONDS).join())
                .cause()
                .isExactlyInstanceOf(LangChain4jException.class)
                .hasMessage("the thread was interrupted, and the answer was cancelled");
        assertThat(reader.events).hasSize(requested);
    }

    private static void start(CompletableFuture<Thread> started, Runnable task) {
        Thread thread = new Thread(task);
        started.complete(thread);
        thread.start();
    }

    private static void awaitWaiting(Thread thread) {
        LongAnswer.await(() -> thread.getState() == Thread.State.WAITING);
    }

    @Test
    void publisher_executorTakesNoTask_isAnError() {
        Reader reader = new Reader();
        LongAnswer.of(SCRIPTED)
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build()
                .chat(REQUEST)
                .subscribe(reader);
        assertThatThrownBy(reader.end::join)
                .cause()
                .isExactlyInstanceOf(RateLimitException.class)
                .hasMessage("the executor of streamed answers takes no task: full; set another, or try again");
    }
}
