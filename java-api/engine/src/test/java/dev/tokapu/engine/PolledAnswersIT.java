package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.CustomLogits;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.TextStream;
import dev.tokapu.tool.ToolDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers that are read without a thread that waits for them. */
@Timeout(300)
class PolledAnswersIT {

    private static final ToolDefinition ADD =
            new ToolDefinition("add", "adds", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}");
    private static final ChatMessage QUESTION = ChatMessage.user("What is 3 and 1?");
    private static final String RAW = "<think>\nThere is a tool.\n</think>\n\n<tool_call>\n"
            + "{\"name\": \"add\", \"arguments\": {\"a\": 3}}\n</tool_call>";

    @TempDir
    Path folder;

    private Model model;
    private Engine engine;

    @BeforeEach
    void start() {
        model = new ScriptedChat(folder, List.of(ADD)).says(RAW, QUESTION).load();
        engine = Engine.start(
                model,
                EngineFixture.options().maxSequences(2).sequenceContextSize(512).build());
    }

    @AfterEach
    void close() {
        engine.close();
        model.close();
    }

    private Request.Builder request() {
        ChatRequest chat =
                ChatRequest.builder(List.of(QUESTION)).tools(List.of(ADD)).build();
        return Request.builder(chat).samplers(Sampler.greedy()).maxTokens(200);
    }

    /** Polls whenever there is progress, until the end. */
    private static List<AnswerDelta> poll(ChatAnswer answer) throws InterruptedException {
        Semaphore progress = new Semaphore(0);
        answer.onProgress(progress::release);
        List<AnswerDelta> deltas = new ArrayList<>();
        boolean ended = false;
        while (!ended) {
            assertThat(progress.tryAcquire(4, TimeUnit.MINUTES)).isTrue();
            ended = answer.isFinished();
            deltas.addAll(answer.pollDeltas());
        }
        return deltas;
    }

    @Test
    void pollDeltas_whenToldOfProgress_bringsTheWholeAnswer() throws Exception {
        ChatAnswer answer = engine.submit(request().build()).chatAnswer();
        List<AnswerDelta> deltas = poll(answer);
        StringBuilder thought = new StringBuilder();
        StringBuilder arguments = new StringBuilder();
        for (AnswerDelta delta : deltas) {
            if (delta instanceof AnswerDelta.Reasoning reasoning) {
                thought.append(reasoning.text());
            } else if (delta instanceof AnswerDelta.CallArguments more) {
                arguments.append(more.json());
            }
        }
        assertThat(thought.toString()).isEqualTo(answer.reasoning()).contains("There is a tool.");
        assertThat(arguments.toString()).isEqualTo("{\"a\": 3}");
        assertThat(answer.toolCalls()).hasSize(1);
        assertThat(answer.pollDeltas()).isEmpty();
    }

    @Test
    void poll_textOfAnEngine_bringsAllOfIt() {
        Generation generation = engine.submit(request().build());
        StringBuilder text = new StringBuilder();
        EngineFixture.await("end", () -> {
            boolean ended = generation.isFinished();
            text.append(generation.poll());
            return ended;
        });
        assertThat(text.toString()).isEqualTo(RAW).isEqualTo(generation.text());
    }

    @Test
    void pollDeltas_failedGeneration_throws() {
        CustomLogits broken = Sampler.customLogits((logits, history) -> {
            throw new IllegalStateException("broken");
        });
        ChatAnswer answer = engine.submit(
                        request().samplers(broken, Sampler.greedy()).build())
                .chatAnswer();
        assertThatExceptionOfType(GenerationException.class).isThrownBy(() -> poll(answer));
    }

    @Test
    void onProgress_thatThrows_doesNotHarmTheAnswer() {
        Generation generation = engine.submit(request().build());
        try {
            generation.onProgress(() -> {
                throw new IllegalStateException("mine");
            });
        } catch (IllegalStateException e) {
            throw new AssertionError("the caller is not told of it", e);
        }
        assertThat(generation.text()).isEqualTo(RAW);
    }

    @Test
    void poll_textOfAContext_isRefused() {
        try (TextStream text = Completion.of(
                model,
                "x",
                CompletionOptions.builder()
                        .context(ContextOptions.builder()
                                .contextSize(256)
                                .threads(1)
                                .batchThreads(1)
                                .build())
                        .maxTokens(4)
                        .build())) {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(text::poll);
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> text.onProgress(() -> {}));
        }
    }
}
