package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.StoppingCriterion;
import dev.tokapu.text.TextStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Limits of time, cancels and interrupts while a prompt is read. It is one step of the engine and one batch of a session, and takes seconds, so
 * that none of it has been counted as read when they come.
 */
@Tag("cpu")
@Timeout(300)
class EnginePromptTimeIT {

    private static final int LONG = 4000;
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final String WORDS = "the sea ".repeat(LONG / 2);

    private static final ContextOptions CONTEXT = ContextOptions.builder()
            .contextSize(LONG + 200)
            .batchSize(LONG + 200)
            .threads(1)
            .batchThreads(1)
            .build();

    @SmolModel
    private static Model model;

    private static Engine start() {
        return Engine.start(
                model,
                EngineOptions.builder()
                        .context(CONTEXT)
                        .maxSequences(2)
                        .sequenceContextSize(LONG + 200)
                        .maxPrefillTokens(LONG)
                        .samplingThreads(1)
                        .build());
    }

    private static Request.Builder longPrompt() {
        int[] prompt = new int[LONG];
        Arrays.fill(prompt, 284);
        return EngineFixture.greedy(prompt).maxTokens(100);
    }

    private static void assertServes(Engine engine) {
        EngineFixture.awaitIdle(engine);
        Generation next =
                engine.submit(EngineFixture.greedy(284, 285).maxTokens(3).build());
        next.text();
        assertThat(next.tokens()).hasSize(3);
    }

    @Test
    void deadline_withinAStep_endsItThere() {
        try (Engine engine = start()) {
            Generation late = engine.submit(longPrompt().deadline(SHORT).build());
            assertThat(late.text()).isEmpty();
            assertThat(late.finishReason()).isEqualTo(FinishReason.DEADLINE);
            assertServes(engine);
            assertThat(engine.snapshot().promptTokens()).isLessThan(LONG);
        }
    }

    @Test
    void maxTime_withinAStep_endsItThere() {
        try (Engine engine = start()) {
            Generation late = engine.submit(longPrompt()
                    .deadline(Duration.ofHours(1))
                    .stoppingCriteria(StoppingCriterion.maxTime(SHORT))
                    .build());
            assertThat(late.text()).isEmpty();
            assertThat(late.finishReason()).isEqualTo(FinishReason.STOP_CRITERION);
            assertServes(engine);
            assertThat(engine.snapshot().promptTokens()).isLessThan(LONG);
            assertThat(engine.snapshot().completed()).isEqualTo(2);
        }
    }

    @Test
    void cancel_withinAStep_endsItThere() {
        try (Engine engine = start()) {
            Generation unwanted = engine.submit(longPrompt().build());
            TestModels.awaitDecoding(engine.core().thread().getName());
            unwanted.cancel();
            assertThat(unwanted.text()).isEmpty();
            assertThat(unwanted.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertServes(engine);
            assertThat(engine.snapshot().promptTokens()).isEqualTo(2);
        }
    }

    @Test
    void scoreCancelled_withinAStep_endsItThere() {
        try (Engine engine = start()) {
            CompletableFuture<ScoredContinuation> unwanted =
                    engine.score(ScoreRequest.of(WORDS.substring(0, 7 * LONG / 2), "b"));
            TestModels.awaitDecoding(engine.core().thread().getName());
            unwanted.cancel(true);
            assertServes(engine);
            assertThat(engine.snapshot().promptTokens()).isEqualTo(2);
        }
    }

    @Test
    void cancel_inAStepWithOthers_leavesThemAlone() {
        try (Engine engine = start()) {
            Runnable goOn = EngineFixture.hold(engine);
            Generation unwanted =
                    engine.submit(EngineFixture.greedy(new int[200]).build());
            Generation other = engine.submit(
                    EngineFixture.greedy(new int[200]).maxTokens(2).build());
            goOn.run();
            TestModels.awaitDecoding(engine.core().thread().getName());
            unwanted.cancel();
            unwanted.text();
            assertThat(unwanted.finishReason()).isEqualTo(FinishReason.CANCELLED);
            other.text();
            assertThat(other.tokens()).hasSize(2);
            assertServes(engine);
        }
    }

    @Test
    void maxTime_ofACompletion_endsItsPrompt() {
        CompletionOptions options = CompletionOptions.builder()
                .context(CONTEXT)
                .stoppingCriteria(StoppingCriterion.maxTime(SHORT))
                .build();
        try (TextStream text = Completion.of(model, WORDS.substring(0, 7 * LONG / 2), options)) {
            assertThat(text.text()).isEmpty();
            assertThat(text.finishReason()).isEqualTo(FinishReason.STOP_CRITERION);
        }
    }

    private static void assertMaxTime(Function<ChatOptions, ChatSession> opener) {
        boolean[] limited = {true};
        StoppingCriterion once = new StoppingCriterion() {
            @Override
            public boolean isMet(TextSoFar soFar) {
                return false;
            }

            @Override
            public Optional<Duration> timeLimit() {
                return limited[0] ? Optional.of(SHORT) : Optional.empty();
            }
        };
        ChatOptions options = ChatOptions.builder()
                .context(CONTEXT)
                .samplers(Sampler.greedy())
                .maxTokens(3)
                .stoppingCriteria(once)
                .build();
        try (ChatSession chat = opener.apply(options)) {
            TextStream late = chat.send(WORDS.substring(0, 3 * LONG));
            assertThat(late.text()).isEmpty();
            assertThat(late.finishReason()).isEqualTo(FinishReason.STOP_CRITERION);
            assertThat(chat.history())
                    .as("a question without an answer leaves no trace")
                    .isEmpty();
            limited[0] = false;
            assertThat(chat.send("Hi").text()).isNotNull();
            assertThat(chat.history()).hasSize(2);
        }
    }

    @Test
    void maxTime_ofAConversation_endsItsPrompt() {
        assertMaxTime(options -> ChatSession.open(model, options));
    }

    @Test
    void maxTime_ofAConversationOnAnEngine_endsItsPrompt() {
        try (Engine engine = start()) {
            assertMaxTime(engine::chat);
            assertThat(engine.snapshot().cancelled()).isZero();
        }
    }

    @Test
    void interrupt_whileAPromptIsRead_endsIt() throws Exception {
        ChatOptions options = ChatOptions.builder()
                .context(CONTEXT)
                .samplers(Sampler.greedy())
                .build();
        try (Engine engine = start();
                ChatSession own = ChatSession.open(model, options);
                ChatSession served = engine.chat(options)) {
            for (ChatSession chat : List.of(own, served)) {
                TextStream answer = chat.send(WORDS.substring(0, 3 * LONG));
                CompletableFuture<Thread> reader = new CompletableFuture<>();
                FutureTask<Boolean> reading = TestModels.start("reader", () -> {
                    reader.complete(Thread.currentThread());
                    assertThat(answer.text()).isEmpty();
                    return Thread.currentThread().isInterrupted();
                });
                TestModels.awaitDecoding(
                        chat == own ? "reader" : engine.core().thread().getName());
                reader.get(5, TimeUnit.MINUTES).interrupt();
                assertThat(reading.get(5, TimeUnit.MINUTES)).as("status kept").isTrue();
                assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
                assertThat(chat.history()).isEmpty();
            }
        }
    }

    @Test
    void timeLimit_isRefusedBelowZero() {
        assertThatThrownBy(() -> StoppingCriterion.maxTime(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
