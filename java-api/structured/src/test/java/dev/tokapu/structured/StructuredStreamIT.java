package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.Role;
import dev.tokapu.internal.util.Json;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.structured.TypeShapes.Color;
import dev.tokapu.text.FinishReason;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Typed answers as they grow: partial values, to a loop or a subscriber, up to their end. */
@Timeout(300)
class StructuredStreamIT {

    @TinyModel
    private static Model model;

    /** Always ends, whatever the model prefers. */
    record Endless(@Size(min = 500) String text) {}

    record Brief(
            @Size(max = 4) String word, @Min(0) @Max(99) int number, Color color, boolean yes, LocalDate day) {}

    private static ChatOptions.Builder options(int contextSize) {
        return ChatOptions.builder()
                .context(TestModels.small().contextSize(contextSize).build())
                .samplers(Sampler.greedy());
    }

    private static ChatSession open() {
        return ChatSession.open(model, options(2048).build());
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
        long before = TestModels.settledHandles();
        ChatSession chat = ChatSession.open(model, options(2048).maxTokens(20).build());
        long open = TestModels.settledHandles();
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
}
