package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The limits of conversations in an engine: its queue, deadlines, the room of a sequence, its end. */
@Timeout(300)
class EngineChatLimitsIT {

    private static final ContextOptions CONTEXT =
            ContextOptions.builder().threads(1).batchThreads(1).build();

    @TinyModel
    private static Model model;

    private static Engine start() {
        return Engine.start(
                model,
                EngineOptions.builder()
                        .context(CONTEXT)
                        .maxSequences(4)
                        .sequenceContextSize(512)
                        .samplingThreads(1)
                        .build());
    }

    private static ChatOptions.Builder greedy() {
        return ChatOptions.builder().samplers(Sampler.greedy()).maxTokens(20);
    }

    @Test
    void send_queueFull_isRefusedAndLeavesTheConversation() {
        EngineOptions options =
                EngineFixture.options().maxSequences(1).queueCapacity(1).build();
        try (Engine engine = Engine.start(model, options);
                ChatSession chat = engine.chat(greedy().build())) {
            chat.ask("hello");
            List<ChatMessage> before = chat.history();
            Runnable goOn = EngineFixture.hold(engine);
            Request request = EngineFixture.greedy(5).maxTokens(2).build();
            List<Generation> others = List.of(engine.submit(request), engine.submit(request));
            assertThatThrownBy(() -> chat.send("more")).isInstanceOf(RequestRejectedException.class);
            assertThat(chat.history()).isEqualTo(before);
            goOn.run();
            others.forEach(Generation::text);
            assertThat(chat.ask("more")).isNotNull();
            assertThat(chat.history()).hasSize(4);
        }
    }

    @Test
    void send_overTheDeadline_endsWithWhatThereIs() {
        try (Engine engine = start();
                ChatSession chat = engine.chat(
                        greedy().maxTokens(450).build(),
                        SchedulingOptions.defaults().withDeadline(Duration.ofNanos(1)))) {
            TextStream answer = chat.send("hello");
            answer.text();
            assertThat(answer.finishReason()).isEqualTo(FinishReason.DEADLINE);
        }
    }

    @Test
    void send_longerThanASequence_isAsBefore() {
        try (Engine engine = start();
                ChatSession chat = engine.chat(greedy().build())) {
            assertThatThrownBy(() -> chat.send("word ".repeat(1000))).isInstanceOf(ContextOverflowException.class);
            assertThat(chat.history()).isEmpty();
            assertThat(chat.send("hello").text()).isNotNull();
        }
    }

    @Test
    void send_untilTheSequenceIsFull_saysSo() {
        try (Engine engine = start();
                ChatSession chat = engine.chat(
                        greedy().maxTokens(10_000).samplers(Sampler.greedy()).build())) {
            TextStream answer = chat.send("hello");
            answer.text();
            assertThat(answer.finishReason()).isIn(FinishReason.CONTEXT_FULL, FinishReason.STOP_TOKEN);
        }
    }

    @Test
    void save_andWhatElseNeedsItsOwnContext_saysSo(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("saved");
        try (Engine engine = start();
                ChatSession chat = engine.chat(greedy().build());
                ChatSession own = ChatSession.open(
                        model,
                        greedy().context(CONTEXT.toBuilder().contextSize(512).build())
                                .build())) {
            own.send("hello").text();
            own.save(file);
            assertThatThrownBy(() -> chat.save(file))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("engine");
            assertThatThrownBy(chat::context).isInstanceOf(UnsupportedOperationException.class);
            assertThat(chat.load(file)).as("known to the model").isFalse();
            assertThat(chat.history()).isEqualTo(own.history());
            assertThatThrownBy(() -> engine.chat(
                            greedy().contextShift(ContextShift.dropOldest()).build()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("ContextShift.none()");
        }
    }

    @Test
    void close_ofTheEngine_endsAnswersAsCancelled() {
        Engine engine = start();
        try (ChatSession chat = engine.chat(greedy().maxTokens(400).build())) {
            TextStream answer = chat.send("hello");
            answer.iterator().next();
            engine.close();
            assertThatThrownBy(() -> chat.send("again").text()).isInstanceOf(IllegalStateException.class);
            assertThat(answer.isFinished()).isTrue();
        }
    }
}
