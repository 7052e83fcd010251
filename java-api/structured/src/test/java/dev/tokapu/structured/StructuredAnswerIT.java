package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.chat.Role;
import dev.tokapu.chat.TypeRef;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.internal.util.Json;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.structured.TypeShapes.Color;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Typed answers of a tiny random model: what it says makes no sense, so only the form can be right. */
@Timeout(300)
class StructuredAnswerIT {

    private static Model model;

    /** Always ends, whatever the model prefers. */
    record Brief(
            @Size(max = 4) String word, @Min(0) @Max(99) int number, Color color, boolean yes, LocalDate day) {}

    record Endless(@Size(min = 500) String text) {}

    @BeforeAll
    static void load() {
        model = TestModels.tiny();
    }

    @AfterAll
    static void close() {
        model.close();
    }

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
    void askStreaming_partialValues_growIntoTheValue() {
        try (ChatSession chat = open();
                StructuredStream<Brief> stream = chat.askStreaming("Any?", StructuredType.of(Brief.class))) {
            List<PartialValue<Brief>> partials = new ArrayList<>();
            stream.forEach(partials::add);
            Brief value = stream.value();
            assertThat(partials).doesNotHaveDuplicates().hasSizeGreaterThan(4);
            assertThat(partials.get(0).json()).isEqualTo("{}");
            assertThat(partials.get(0).value()).contains(new Brief(null, 0, null, false, null));
            assertThat(partials)
                    .allSatisfy(partial -> assertThat(partial.value()).isPresent());
            PartialValue<Brief> last = partials.get(partials.size() - 1);
            assertThat(last.value()).contains(value);
            assertThat(last.data())
                    .isEqualTo(Json.read(StructuredType.of(Brief.class).write(value)));
            assertThat(stream.value()).isEqualTo(value);
            assertThat(stream.finishReason()).isEqualTo(FinishReason.STOP_TOKEN);
        }
    }

    @Test
    void publisher_partialValues_areThoseOfTheLoop() throws Exception {
        StructuredType<Brief> type = StructuredType.of(Brief.class);
        List<PartialValue<Brief>> looped = new ArrayList<>();
        try (ChatSession chat = open()) {
            chat.askStreaming("Any?", type).forEach(looped::add);
        }
        try (ChatSession chat = open();
                StructuredStream<Brief> stream = chat.askStreaming("Any?", type)) {
            PartialValues<Brief> subscriber = new PartialValues<>();
            stream.publisher().subscribe(subscriber);
            for (PartialValue<Brief> partial : looped) {
                subscriber.subscription().request(1);
                assertThat(subscriber.signal()).isEqualTo(partial);
            }
            subscriber.subscription().request(1);
            assertThat(subscriber.signal()).isEqualTo("complete");
            assertThat(stream.value())
                    .isEqualTo(looped.get(looped.size() - 1).value().orElseThrow());
            assertThatIllegalStateException().isThrownBy(stream::iterator);
        }
    }

    @Test
    void publisher_cancelled_endsTheAnswer() throws Exception {
        try (ChatSession chat = open();
                StructuredStream<Endless> stream = chat.askStreaming("Any?", StructuredType.of(Endless.class))) {
            PartialValues<Endless> subscriber = new PartialValues<>();
            stream.publisher().subscribe(subscriber);
            subscriber.subscription().request(1);
            assertThat(subscriber.signal()).isInstanceOf(PartialValue.class);
            subscriber.subscription().cancel();
            subscriber.join();
            assertThat(stream.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThatExceptionOfType(StructuredOutputException.class).isThrownBy(stream::value);
        }
    }

    @Test
    void askStreaming_cancelled_neverGivesHalfAValue() {
        try (ChatSession chat = open();
                StructuredStream<Endless> stream = chat.askStreaming("Any?", StructuredType.of(Endless.class))) {
            Iterator<PartialValue<Endless>> partials = stream.iterator();
            partials.next();
            chat.cancel();
            assertThatExceptionOfType(StructuredOutputException.class)
                    .isThrownBy(stream::value)
                    .satisfies(e -> assertThat(e.finishReason()).isEqualTo(FinishReason.CANCELLED));
            assertThat(chat.history()).extracting(ChatMessage::role).containsExactly(Role.USER, Role.ASSISTANT);
            assertThat(chat.ask("Any?", boolean.class)).isNotNull();
        }
    }

    @Test
    void askStreaming_notRead_isEndedByTheNextMessage() {
        try (ChatSession chat = open()) {
            StructuredStream<Endless> stream = chat.askStreaming("Any?", StructuredType.of(Endless.class));
            assertThat(chat.ask("Any?", boolean.class)).isNotNull();
            assertThat(stream.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(chat.history()).hasSize(2);
        }
    }

    @Test
    void ask_anyEnd_freesItsChain() {
        long before = TestModels.liveHandles();
        ChatSession chat = ChatSession.open(model, options(2048).maxTokens(20).build());
        long open = TestModels.liveHandles();
        chat.ask("Any?", Color.class);
        assertThat(TestModels.liveHandles()).isEqualTo(open);
        assertThatExceptionOfType(StructuredOutputException.class).isThrownBy(() -> chat.ask("Any?", Endless.class));
        assertThat(TestModels.liveHandles()).isEqualTo(open);
        StructuredStream<Endless> stream = chat.askStreaming("Any?", StructuredType.of(Endless.class));
        Iterator<PartialValue<Endless>> partials = stream.iterator();
        partials.next();
        chat.close();
        assertThat(TestModels.liveHandles()).isEqualTo(before);
        assertThatIllegalStateException().isThrownBy(stream::value);
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
