package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.structured.StructuredOutputException;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An interrupt of the thread that reads or waits cancels the answer, and stays. */
@Timeout(300)
class InterruptIT {

    private static final List<Consumer<TextStream>> WAYS = List.of(
            TextStream::text,
            stream -> stream.forEach(piece -> {}),
            stream -> assertThat(stream.stream().count()).isNotNegative());

    @TinyModel
    private static Model model;

    /** Each token takes a while, so that the end is far away; it is no end of the text. */
    private static Sampler[] endless() {
        List<Sampler> samplers = EngineFixture.endless(5).build().generation().samplers();
        return new Sampler[] {
            Sampler.customLogits((tokens, candidates) -> candidates.setLogit(candidates.indexOf(70), 1000)),
            samplers.get(0),
            Sampler.greedy()
        };
    }

    private static ChatOptions chatOptions() {
        return ChatOptions.builder()
                .context(TestModels.small().contextSize(8192).build())
                .samplers(endless())
                .maxTokens(GenerationOptions.UNLIMITED)
                .build();
    }

    private static Engine start() {
        return Engine.start(
                model, EngineFixture.options().sequenceContextSize(8192).build());
    }

    private static void assertEnds(TextStream stream, Consumer<TextStream> way) throws Exception {
        AtomicReference<Thread> reader = new AtomicReference<>();
        FutureTask<Boolean> reading = TestModels.start("interrupted", () -> {
            reader.set(Thread.currentThread());
            way.accept(stream);
            return Thread.currentThread().isInterrupted();
        });
        EngineFixture.await(
                "first token", () -> reader.get() != null && stream.usage().generatedTokens() > 0);
        reader.get().interrupt();
        assertThat(reading.get(5, TimeUnit.MINUTES)).as("status kept").isTrue();
        assertThat(stream.finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void completion_ends() throws Exception {
        CompletionOptions options = CompletionOptions.builder()
                .context(TestModels.small().contextSize(8192).build())
                .samplers(endless())
                .build();
        for (Consumer<TextStream> way : WAYS) {
            try (TextStream text = Completion.of(model, "once", options)) {
                assertEnds(text, way);
            }
        }
    }

    @Test
    void conversation_endsAndGoesOnAfterwards() throws Exception {
        try (ChatSession chat = ChatSession.open(model, chatOptions())) {
            for (Consumer<TextStream> way : WAYS) {
                assertEnds(chat.send("hi"), way);
            }
            assertThat(chat.history()).hasSize(2 * WAYS.size());
        }
    }

    @Test
    void conversationOnAnEngine_endsAndGoesOnAfterwards() throws Exception {
        try (Engine engine = start();
                ChatSession chat = engine.chat(chatOptions())) {
            for (Consumer<TextStream> way : WAYS) {
                assertEnds(chat.send("hi"), way);
            }
            assertThat(chat.history()).hasSize(2 * WAYS.size());
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void generation_ends() throws Exception {
        try (Engine engine = start()) {
            for (Consumer<TextStream> way : WAYS) {
                assertEnds(engine.submit(EngineFixture.endless(5).build()), way);
            }
            EngineFixture.awaitIdle(engine);
            assertThat(engine.snapshot().cancelled()).isEqualTo(WAYS.size());
        }
    }

    @Test
    void generationThatWaits_ends() throws Exception {
        EngineOptions options = EngineFixture.options()
                .maxSequences(1)
                .sequenceContextSize(8192)
                .build();
        try (Engine engine = Engine.start(model, options)) {
            Generation running = engine.submit(EngineFixture.endless(5).build());
            Generation waiting = engine.submit(EngineFixture.endless(5).build());
            FutureTask<Boolean> reading = TestModels.start("waits", () -> {
                Thread.currentThread().interrupt();
                assertThat(waiting.text()).isEmpty();
                return Thread.interrupted();
            });
            assertThat(reading.get(5, TimeUnit.MINUTES)).isTrue();
            assertThat(waiting.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(running.isFinished()).isFalse();
        }
    }

    /** What has ended is nobody's to cancel. */
    @Test
    void generationThatHasEnded_isWhole() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            Generation whole =
                    engine.submit(EngineFixture.greedy(5).maxTokens(20).build());
            String text = whole.text();
            Thread.currentThread().interrupt();
            assertThat(whole.text()).isEqualTo(text);
            assertThat(whole.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void await_throwsAndLeavesTheGenerationAlone() throws Exception {
        try (Engine engine = start()) {
            Generation generation = engine.submit(EngineFixture.endless(5).build());
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> generation.await(Duration.ofMinutes(5))).isInstanceOf(InterruptedException.class);
            assertThat(generation.isFinished()).isFalse();
        }
    }

    @Test
    void ask_returnsWhatThereIs() {
        try (ChatSession chat = ChatSession.open(model, chatOptions())) {
            Thread.currentThread().interrupt();
            assertThat(chat.ask("hi")).isEmpty();
            assertThat(chat.history()).isEmpty();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** A value. */
    record Size(boolean large) {}

    @Test
    void ask_isRefused() {
        try (ChatSession chat = ChatSession.open(model, chatOptions())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> chat.ask("Is it large?", Size.class))
                    .isInstanceOf(StructuredOutputException.class)
                    .hasMessageContaining("CANCELLED");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** What servers do with their pools. */
    @Test
    void futureCancelled_freesItsThread() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(1);
        try (ChatSession chat = ChatSession.open(model, chatOptions())) {
            TextStream answer = chat.send("hi");
            Future<String> reading = pool.submit(answer::text);
            EngineFixture.await("first token", () -> answer.usage().generatedTokens() > 0);
            reading.cancel(true);
            assertThat(pool.submit(() -> "free").get(5, TimeUnit.MINUTES)).isEqualTo("free");
            assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
        } finally {
            pool.shutdownNow();
        }
    }
}
