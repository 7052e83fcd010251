package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.chat.TypeRef;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.structured.TypeShapes.Color;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Typed answers of a tiny random model: what it says makes no sense, so only the form can be right. */
@Timeout(300)
class StructuredAnswerIT {

    @TinyModel
    private static Model model;

    /** Always ends, whatever the model prefers. */
    record Brief(
            @Size(max = 4) String word, @Min(0) @Max(99) int number, Color color, boolean yes, LocalDate day) {}

    record Endless(@Size(min = 500) String text) {}

    private static ChatOptions.Builder options(int contextSize) {
        return ChatOptions.builder()
                .context(TestModels.small().contextSize(contextSize).build())
                .samplers(Sampler.greedy());
    }

    private static ChatSession open() {
        return ChatSession.open(model, options(2048).build());
    }

    @Test
    void ask_record_givesAValue() {
        try (ChatSession chat = open()) {
            Brief value = chat.ask("Any?", Brief.class);
            assertThat(value.number()).isBetween(0, 99);
            assertThat(value.word()).hasSizeLessThanOrEqualTo(4);
            List<ChatMessage> history = chat.history();
            assertThat(history).hasSize(2);
            assertThat(history.get(0).content()).startsWith("Any?\n\n").contains("\"enum\":[\"RED\",\"grün\"]");
            assertThat(StructuredType.of(Brief.class).parse(history.get(1).content()))
                    .isEqualTo(value);
        }
    }

    @Test
    void ask_genericType_givesAValue() {
        try (ChatSession chat = open()) {
            record Few(@Size(min = 2, max = 2) List<TypeShapes.Pair<Color, Boolean>> pairs) {}
            assertThat(chat.ask("Any?", Few.class).pairs()).hasSize(2);
            assertThat(chat.ask("Any?", new TypeRef<TypeShapes.Pair<Color, Color>>() {})
                            .first())
                    .isInstanceOf(Color.class);
        }
    }

    @Test
    void ask_otherSamplers_goBehindTheGrammar() {
        List<Sampler> samplers = new ArrayList<>(List.of(Sampler.penalties(64, 1.1, 0, 0)));
        samplers.addAll(Sampler.defaults(42));
        try (ChatSession chat =
                ChatSession.open(model, options(2048).samplers(samplers).build())) {
            assertThat(chat.ask("Any?", Color.class)).isIn(Color.RED, Color.GREEN);
            assertThat(chat.ask("Any?", Brief.class)).isNotNull();
        }
    }

    @Test
    void ask_stopStringsOfTheSession_doNotCutTheAnswer() {
        try (ChatSession chat =
                ChatSession.open(model, options(2048).stops("\"", ":").build())) {
            assertThat(chat.ask("Any?", Brief.class)).isNotNull();
        }
    }

    @Test
    void send_afterAsk_isAsIfItWereTheSameConversation() {
        try (ChatSession chat =
                ChatSession.open(model, options(2048).maxTokens(200).build())) {
            chat.ask("Any?", Brief.class);
            String next = chat.send("go on").text();
            CompletionOptions plain = CompletionOptions.builder()
                    .context(TestModels.small().contextSize(2048).build())
                    .samplers(Sampler.greedy())
                    .maxTokens(200)
                    .parseSpecial(true)
                    .build();
            List<ChatMessage> history = chat.history();
            try (var template = ChatTemplate.of(model);
                    TextStream fresh = Completion.of(
                            model,
                            template.render(dev.tokapu.chat.ChatRequest.of(history.subList(0, 3)))
                                    .prompt(),
                            plain)) {
                assertThat(next).isEqualTo(fresh.text());
            }
        }
    }

    @Test
    void ask_cutOff_throwsWithTheTextAndKeepsTheSession() {
        try (ChatSession chat =
                ChatSession.open(model, options(2048).maxTokens(20).build())) {
            assertThatExceptionOfType(StructuredOutputException.class)
                    .isThrownBy(() -> chat.ask("Any?", Endless.class))
                    .withMessageContaining("MAX_TOKENS")
                    .satisfies(e -> assertThat(e.finishReason()).isEqualTo(FinishReason.MAX_TOKENS))
                    .satisfies(e -> assertThat(e.text()).startsWith("{"))
                    .satisfies(e -> assertThat(chat.history().get(1)).isEqualTo(ChatMessage.assistant(e.text())));
            assertThat(chat.ask("Any?", boolean.class)).isNotNull();
            assertThat(chat.history()).hasSize(4);
        }
    }

    @Test
    void continueAnswer_ofACutValue_wentOnWithoutTheGrammar() {
        StructuredType<Brief> type = StructuredType.of(Brief.class);
        List<Sampler> samplers = List.of(Sampler.penalties(64, 1.1, 0, 0), Sampler.greedy());
        String whole;
        try (ChatSession chat =
                ChatSession.open(model, options(2048).samplers(samplers).build())) {
            whole = type.write(chat.ask("Any?", type));
        }
        ChatOptions brief =
                options(2048).samplers(samplers).maxTokens(5).stops("\"").build();
        try (ChatSession chat = ChatSession.open(model, brief)) {
            assertThatExceptionOfType(StructuredOutputException.class).isThrownBy(() -> chat.ask("Any?", type));
            int parts = 0;
            for (TextStream next = chat.continueAnswer(); ; next = chat.continueAnswer()) {
                next.text();
                parts++;
                if (next.finishReason() == FinishReason.STOP_TOKEN) {
                    break;
                }
                assertThat(next.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
            }
            assertThat(parts).isGreaterThan(3);
            assertThat(chat.history()).hasSize(2);
            assertThat(type.write(type.parse(chat.history().get(1).content()))).isEqualTo(whole);
        }
    }

    @Test
    void continueAnswer_ofACutValueInAFork_keepsTheForm() {
        StructuredType<Brief> type = StructuredType.of(Brief.class);
        try (ChatSession chat =
                ChatSession.open(model, options(2048).maxTokens(12).build())) {
            assertThatExceptionOfType(StructuredOutputException.class).isThrownBy(() -> chat.ask("Any?", type));
            try (ChatSession fork = chat.fork()) {
                String first = chat.continueAnswer().text();
                assertThat(fork.continueAnswer().text()).isEqualTo(first);
            }
        }
    }

    @Test
    void ask_contextFull_throws() {
        try (ChatSession chat = ChatSession.open(model, options(256).build())) {
            assertThatExceptionOfType(StructuredOutputException.class)
                    .isThrownBy(
                            () -> chat.ask("", StructuredType.of(Endless.class).withInstruction("?")))
                    .satisfies(e -> assertThat(e.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL));
        }
    }

    @Test
    void ask_typeThatCannotBe_leavesNoTrace() {
        try (ChatSession chat = open()) {
            assertThatIllegalArgumentException().isThrownBy(() -> chat.ask("Any?", Thread.class));
            assertThat(chat.history()).isEmpty();
        }
    }

    @Test
    void read_completion_givesAValue() {
        StructuredType<Brief> type = StructuredType.of(Brief.class);
        CompletionOptions options = CompletionOptions.builder()
                .context(TestModels.small().contextSize(2048).build())
                .samplers(type.grammar(), Sampler.greedy())
                .build();
        Brief value = type.read(Completion.of(model, type.prompt("Any?"), options));
        assertThat(type.stream(Completion.of(model, type.prompt("Any?"), options))
                        .value())
                .isEqualTo(value);
    }
}
