package dev.tokapu.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Playbook;
import dev.tokapu.ScriptedChat;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.EngineSnapshot;
import dev.tokapu.engine.SchedulingOptions;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.ai.tool.function.FunctionToolCallback;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@Timeout(300)
class StreamIT {

    private static final int WORDS = 300;
    private static final String TEXT = "word ".repeat(WORDS) + "end";
    private static final Playbook LONG = new Playbook().says("Go on", TEXT);
    private static final Prompt GO_ON = new Prompt("Go on");

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine(
            EngineOptions.builder().chatTemplate(ScriptedChat.TEMPLATE).build());

    private static TokapuChatModel watched(Runnable token) {
        return SCRIPTED.builder(LONG)
                .options(SCRIPTED.options(LONG, token).build())
                .build();
    }

    private static String text(List<ChatResponse> parts) {
        return parts.stream()
                .map(part -> Objects.requireNonNull(part.getResult().getOutput().getText()))
                .collect(Collectors.joining());
    }

    private static AssistantMessage message(ChatResponse response) {
        return response.getResult().getOutput();
    }

    @Test
    void stream_text_comesInPartsAndEndsWithMetadata() {
        List<ChatResponse> parts =
                SCRIPTED.chat(LONG).stream(GO_ON).collectList().block();
        assertThat(text(parts)).isEqualTo(TEXT);
        ChatResponse last = parts.get(parts.size() - 1);
        assertThat(parts)
                .hasSizeGreaterThan(1)
                .allSatisfy(part -> assertThat(part.getMetadata().getId())
                        .isEqualTo(last.getMetadata().getId()));
        assertThat(message(last).getText()).isEmpty();
        assertThat(last.getResult().getMetadata().getFinishReason()).isEqualTo("STOP");
        assertThat(last.getMetadata().getUsage().getCompletionTokens()).isGreaterThanOrEqualTo(WORDS);
        assertThat(last.getMetadata().getModel()).isEqualTo(ScriptedEngine.NAME);
    }

    @Test
    void stream_modelThinks_thoughtComesApartAndAsAWhole() {
        List<ChatResponse> parts =
                SCRIPTED.chat(new Playbook().says("legs", "<think>Two and six.</think>Eight.")).stream(
                                new Prompt("How many legs?"))
                        .collectList()
                        .block();
        assertThat(text(parts)).isEqualTo("Eight.");
        assertThat(parts.stream()
                        .map(part -> (String) message(part).getMetadata().getOrDefault(TokapuChatModel.THINKING, ""))
                        .collect(Collectors.joining()))
                .isEqualTo("Two and six.");
        assertThat(message(parts.get(parts.size() - 1)).getMetadata())
                .containsEntry(TokapuChatModel.THOUGHTS, "Two and six.");
    }

    @Test
    void stream_severalCalls_areAllInTheLastPart() {
        TokapuChatModel chat = SCRIPTED.chat(
                new Playbook().says("Both", Playbook.calls(Playbook.call("note", "{}"), Playbook.call("note", "{}"))));
        TokapuChatOptions tools = chat.getOptions()
                .mutate()
                .parallelToolCalls(true)
                .toolCallbacks(FunctionToolCallback.builder("note", () -> "done")
                        .description("Notes")
                        .inputSchema("{\"type\":\"object\",\"properties\":{}}")
                        .build())
                .build();
        List<ChatResponse> parts =
                chat.stream(new Prompt("Both", tools)).collectList().block();
        ChatResponse last = parts.get(parts.size() - 1);
        assertThat(message(last).getToolCalls()).hasSize(2).doesNotHaveDuplicates();
        assertThat(last.getResult().getMetadata().getFinishReason()).isEqualTo("TOOL_CALLS");
        assertThat(parts.subList(0, parts.size() - 1)).noneMatch(ChatResponse::hasToolCalls);
    }

    /** Each token waits until it is allowed, so that the engine is not through with the text before it is paused. */
    @Test
    void stream_fewAreRequested_engineIsPaused() {
        AtomicInteger sampled = new AtomicInteger();
        Semaphore taken = new Semaphore(WORDS / 10);
        StepVerifier.create(
                        watched(() -> {
                                    acquire(taken);
                                    sampled.incrementAndGet();
                                })
                                .stream(GO_ON)
                                .doOnNext(part -> taken.release(WORDS / 10)),
                        2)
                .expectNextCount(2)
                .then(() -> {
                    ScriptedEngine.await(() -> {
                        taken.release();
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                        return isPaused();
                    });
                    assertThat(sampled.get())
                            .isGreaterThanOrEqualTo(AnswerPump.AHEAD)
                            .isLessThan(WORDS);
                    taken.release(2 * WORDS);
                })
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(part -> true)
                .verifyComplete();
        assertThat(sampled.get()).isGreaterThanOrEqualTo(WORDS);
    }

    private static boolean isPaused() {
        EngineSnapshot now = SCRIPTED.engine().snapshot();
        return now.running() == 1 && now.generating() == 0;
    }

    @Test
    void stream_onePartAtATime_hasTheWholeText() {
        List<ChatResponse> parts =
                SCRIPTED.chat(LONG).stream(GO_ON).limitRate(1).collectList().block();
        assertThat(text(parts)).isEqualTo(TEXT);
    }

    @Test
    void stream_nothingIsRequested_engineHasNoRequest() {
        long before = SCRIPTED.engine().snapshot().submitted();
        StepVerifier.create(SCRIPTED.chat(LONG).stream(GO_ON), 0)
                .expectSubscription()
                .thenAwait()
                .thenCancel()
                .verify();
        assertThat(SCRIPTED.engine().snapshot().submitted()).isEqualTo(before);
    }

    @Test
    void stream_cancelled_endsTheAnswer() {
        long before = SCRIPTED.engine().snapshot().cancelled();
        CompletableFuture<Void> gate = new CompletableFuture<Void>().completeOnTimeout(null, 60, TimeUnit.SECONDS);
        AtomicInteger sampled = new AtomicInteger();
        TokapuChatModel chat = watched(() -> {
            if (sampled.incrementAndGet() > WORDS / 10) {
                gate.join();
            }
        });
        StepVerifier.create(chat.stream(GO_ON)).expectNextCount(1).thenCancel().verify();
        gate.complete(null);
        ScriptedEngine.await(() -> SCRIPTED.engine().snapshot().cancelled() > before);
        SCRIPTED.awaitIdle();
    }

    @Test
    void stream_cancelledByAnOperator_endsTheAnswer() {
        long before = SCRIPTED.engine().snapshot().cancelled();
        AtomicInteger sampled = new AtomicInteger();
        Semaphore taken = new Semaphore(WORDS / 10);
        assertThat(watched(() -> {
                            sampled.incrementAndGet();
                            acquire(taken);
                        })
                        .stream(GO_ON)
                        .doOnNext(part -> taken.release(WORDS / 10))
                        .take(3)
                        .doFinally(signal -> taken.release(WORDS))
                        .collectList()
                        .block())
                .hasSize(3);
        ScriptedEngine.await(() -> SCRIPTED.engine().snapshot().cancelled() > before);
        SCRIPTED.awaitIdle();
        assertThat(sampled.get()).isLessThan(WORDS);
    }

    private static void acquire(Semaphore taken) {
        try {
            assertThat(taken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void stream_twoSubscribers_eachGetsAnAnswer() {
        Flux<ChatResponse> stream = SCRIPTED.chat(LONG).stream(GO_ON);
        List<ChatResponse> both = Flux.merge(stream, stream).collectList().block();
        assertThat(both.stream().map(part -> part.getMetadata().getId()).distinct())
                .hasSize(2);
        assertThat(text(both)).hasSize(2 * TEXT.length());
    }

    @Test
    void stream_whatIsWrong_isAnError() {
        StepVerifier.create(SCRIPTED.chat(LONG).stream(new Prompt("word ".repeat(3000))))
                .verifyError(NonTransientAiException.class);
        StepVerifier.create(SCRIPTED.chat(LONG).stream(new Prompt(
                        "Go on", ChatOptions.builder().model("nobody").build())))
                .verifyError(IllegalArgumentException.class);
        StepVerifier.create(SCRIPTED.chat(new Playbook()).stream(new Prompt("Hello?")))
                .expectErrorMatches(e -> e.getMessage().contains("the playbook has no answer"))
                .verify();
    }

    @Test
    void stream_toolsEndInAnError_subscriberIsTold() {
        for (Error error :
                List.of(new AssertionError("broken"), new StackOverflowError(), new NoClassDefFoundError("A"))) {
            ToolCallingManager broken = (ToolCallingManager) Proxy.newProxyInstance(
                    StreamIT.class.getClassLoader(),
                    new Class<?>[] {ToolCallingManager.class},
                    (self, method, given) -> {
                        throw error;
                    });
            StepVerifier.create(SCRIPTED.builder(LONG).toolCallingManager(broken).build().stream(GO_ON))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NonTransientAiException.class)
                            .hasMessage(error.toString())
                            .hasCause(error))
                    .verify();
        }
    }

    /** The text alone takes three times as long as the deadline allows. */
    @Test
    void stream_deadlinePassesWithoutDemand_isTold() {
        TokapuChatOptions options = SCRIPTED.options(LONG, StreamIT::dawdle)
                .scheduling(SchedulingOptions.defaults().withDeadline(Duration.ofMillis(WORDS / 3)))
                .build();
        StepVerifier.create(SCRIPTED.chat(LONG).stream(new Prompt("Go on", options)), 1)
                .thenConsumeWhile(part -> true)
                .verifyError(TransientAiException.class);
        SCRIPTED.awaitIdle();
    }

    private static void dawdle() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    @Test
    void stream_schedulerIsClosed_isAnError() {
        Scheduler closed = Schedulers.newSingle("closed");
        closed.dispose();
        StepVerifier.create(SCRIPTED.builder(LONG).scheduler(closed).build().stream(GO_ON))
                .verifyError(java.util.concurrent.RejectedExecutionException.class);
    }
}
