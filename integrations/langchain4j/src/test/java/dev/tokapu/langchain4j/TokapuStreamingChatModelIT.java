package dev.tokapu.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.tokapu.Playbook;
import dev.tokapu.ScriptedChat;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestObserver;
import dev.tokapu.engine.SubmittedRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What LangChain4j's own tests of streams do not ask. */
@Timeout(300)
class TokapuStreamingChatModelIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine(
            EngineOptions.builder().chatTemplate(ScriptedChat.TEMPLATE).build());

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
        CompletableFuture<Void> cancelled = LongAnswer.gate();
        Notes notes = new Notes() {
            @Override
            public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
                parts.incrementAndGet();
                context.streamingHandle().cancel();
                cancelled.complete(null);
            }
        };
        long before = SCRIPTED.engine().snapshot().cancelled();
        LongAnswer.gated(SCRIPTED, cancelled).chat(LongAnswer.PROMPT, notes);
        LongAnswer.await(() -> SCRIPTED.engine().snapshot().cancelled() > before);
        assertThat(parts).hasValue(1);
        assertThat(notes.response).isNotDone();
    }

    @Test
    void chat_imageInAMessage_isThrown() {
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from(ImageContent.from("http://127.0.0.1")))
                .build();
        assertThatThrownBy(() -> LongAnswer.of(SCRIPTED).build().chat(request, new Notes()))
                .isExactlyInstanceOf(UnsupportedFeatureException.class);
    }

    @Test
    void chat_whatElseIsWrong_isToldToTheHandler() {
        Notes unknown = new Notes();
        LongAnswer.of(SCRIPTED)
                .build()
                .chat(
                        ChatRequest.builder()
                                .messages(UserMessage.from(LongAnswer.PROMPT))
                                .modelName("nobody")
                                .build(),
                        unknown);
        assertThatThrownBy(unknown.response::join).hasCauseExactlyInstanceOf(ModelNotFoundException.class);
        Notes tooLong = new Notes();
        LongAnswer.of(SCRIPTED).build().chat("word ".repeat(3000), tooLong);
        assertThatThrownBy(tooLong.response::join).hasCauseExactlyInstanceOf(InvalidRequestException.class);
    }

    /** Traces had a request of a stream apart from what asked for it: another thread submitted it. */
    @Test
    void chat_isSubmittedByTheCaller_whoseTraceItBelongsTo() {
        List<Thread> submitting = new CopyOnWriteArrayList<>();
        Runnable end = SCRIPTED.engine().observe(new RequestObserver() {
            @Override
            public void finished(FinishedRequest request) {}

            @Override
            public RequestObserver submitting(SubmittedRequest request) {
                submitting.add(Thread.currentThread());
                return this;
            }
        });
        Notes notes = new Notes();
        LongAnswer.of(SCRIPTED).build().chat(LongAnswer.PROMPT, notes);
        assertThat(notes.response.join().aiMessage().text()).isEqualTo(LongAnswer.TEXT);
        end.run();
        assertThat(submitting).containsExactly(Thread.currentThread());
    }

    @Test
    void chat_executorTakesNoTask_isToldToTheHandlerAndCancelled() {
        long before = SCRIPTED.engine().snapshot().cancelled();
        CompletableFuture<Void> told = LongAnswer.gate();
        Notes notes = new Notes();
        LongAnswer.of(SCRIPTED)
                .defaultRequestParameters(LongAnswer.gated(SCRIPTED, told).defaultRequestParameters())
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build()
                .chat(LongAnswer.PROMPT, notes);
        told.complete(null);
        assertThatThrownBy(notes.response::join)
                .cause()
                .isExactlyInstanceOf(RateLimitException.class)
                .hasMessage("the executor of streamed answers takes no task: full; set another, or try again");
        LongAnswer.await(() -> SCRIPTED.engine().snapshot().cancelled() > before);
    }

    @Test
    void chat_executorFails_isThrownAndCancelled() {
        long before = SCRIPTED.engine().snapshot().cancelled();
        CompletableFuture<Void> told = LongAnswer.gate();
        TokapuStreamingChatModel chat = LongAnswer.of(SCRIPTED)
                .defaultRequestParameters(LongAnswer.gated(SCRIPTED, told).defaultRequestParameters())
                .executor(task -> {
                    throw new IllegalStateException("no thread");
                })
                .build();
        assertThatThrownBy(() -> chat.chat(LongAnswer.PROMPT, new Notes())).hasMessageContaining("no thread");
        told.complete(null);
        LongAnswer.await(() -> SCRIPTED.engine().snapshot().cancelled() > before);
    }
}
