package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.exception.SamplerException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.StoppingCriterion;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users' code throws, checked exceptions included: Kotlin, Groovy, Scala and Lombok throw them where nobody declares them. */
@Timeout(300)
class EngineThrowingIT {

    @TinyModel
    private static Model model;

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> boolean sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    private static StoppingCriterion throwing() {
        return soFar -> EngineThrowingIT.<RuntimeException>sneak(new IOException("mine"));
    }

    @Test
    void criterionThatThrowsAChecked_failsItsAnswerAndGivesItsPlaceBack() {
        EngineOptions options =
                EngineFixture.options().maxSequences(2).queueCapacity(2).build();
        try (Engine engine = Engine.start(model, options)) {
            for (int i = 0; i < 20; i++) {
                Generation failing = engine.submit(EngineFixture.greedy(5, 6)
                        .maxTokens(5)
                        .stoppingCriteria(throwing())
                        .build());
                assertThatThrownBy(failing::text)
                        .isInstanceOf(GenerationException.class)
                        .hasCauseInstanceOf(IOException.class);
                assertThat(failing.result()).failsWithin(java.time.Duration.ofMinutes(5));
            }
            EngineFixture.awaitIdle(engine);
            assertThat(engine.snapshot().failed()).isEqualTo(20);
        }
    }

    @Test
    void criterionThatThrowsAChecked_inACompletion_reachesTheReaderAndFreesTheContext() {
        long before = TestModels.settledHandles();
        CompletionOptions options = CompletionOptions.builder()
                .context(TestModels.small().build())
                .stoppingCriteria(throwing())
                .build();
        assertThatThrownBy(() -> Completion.of(model, "the cat", options).text())
                .isInstanceOf(IOException.class);
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }

    @Test
    void listenerThatThrowsAChecked_isLoggedEachTime() {
        AtomicInteger told = new AtomicInteger();
        EngineListener listener = new EngineListener() {
            @Override
            public void finished(FinishedRequest request) {
                told.incrementAndGet();
                EngineThrowingIT.<RuntimeException>sneak(new IOException("mine"));
            }
        };
        try (LogCapture log = LogCapture.start();
                Engine engine = Engine.start(
                        model, EngineFixture.options().listener(listener).build())) {
            for (int i = 0; i < 5; i++) {
                engine.submit(EngineFixture.greedy(5, 6).maxTokens(1).build()).text();
            }
            EngineFixture.await("all told", () -> told.get() == 5);
            EngineFixture.await(
                    "all logged",
                    () -> log.warnings().stream()
                                    .filter(line -> line.contains("listener of the engine"))
                                    .count()
                            == 5);
        }
    }

    @Test
    void samplerThatThrowsOnce_failsTheAnswerWithWhatItThrew() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            AtomicInteger calls = new AtomicInteger();
            Generation failing = engine.submit(EngineFixture.greedy(5, 6)
                    .samplers(
                            Sampler.customLogits((tokens, candidates) -> {
                                if (calls.incrementAndGet() == 3) {
                                    throw new IllegalArgumentException("only now");
                                }
                            }),
                            Sampler.greedy())
                    .maxTokens(10)
                    .build());
            assertThatThrownBy(failing::text)
                    .cause()
                    .isInstanceOf(SamplerException.class)
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            assertThat(calls).as("calls of the sampler").hasValue(3);
            assertThat(failing.tokens()).hasSize(2);
        }
    }

    @Test
    void samplersThatThrowInTheSameStep_failWithTheirOwn() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            Runnable goOn = EngineFixture.hold(engine);
            Generation first = engine.submit(throwing("first"));
            Generation well =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(3).build());
            Generation second = engine.submit(throwing("second"));
            goOn.run();
            assertThatThrownBy(first::text)
                    .hasStackTraceContaining("first")
                    .rootCause()
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(second::text)
                    .hasStackTraceContaining("second")
                    .rootCause()
                    .isInstanceOf(IOException.class);
            well.text();
            assertThat(well.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
        }
    }

    private static Request throwing(String message) {
        return EngineFixture.greedy(5, 6)
                .samplers(
                        Sampler.customLogits((tokens, candidates) ->
                                EngineThrowingIT.<RuntimeException>sneak(new IOException(message))),
                        Sampler.greedy())
                .build();
    }
}
