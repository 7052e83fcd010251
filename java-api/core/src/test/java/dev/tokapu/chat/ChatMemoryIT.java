package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.KvType;
import dev.tokapu.Model;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a chat session remembers: answers that go on, files, forks, and what it forgets when it is full. */
class ChatMemoryIT {

    @SmolModel
    private static Model model;

    @TempDir
    private Path folder;

    private static ChatOptions.Builder options() {
        return ChatOptions.builder()
                .systemPrompt("You are short.")
                .context(TestModels.small().contextSize(512).build())
                .samplers(Sampler.greedy())
                .maxTokens(24);
    }

    @Test
    void continueAnswer_cutAnswer_isTheWholeAnswer() {
        String whole;
        try (ChatSession chat = ChatSession.open(model, options().build())) {
            whole = chat.send("Name three colors.").text();
        }
        try (ChatSession chat = ChatSession.open(model, options().maxTokens(8).build())) {
            TextStream first = chat.send("Name three colors.");
            String text = first.text();
            assertThat(first.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
            for (int i = 0; i < 2; i++) {
                TextStream next = chat.continueAnswer();
                text += next.text();
                assertThat(next.usage().promptTokens() - next.usage().cachedTokens())
                        .isEqualTo(1);
            }
            assertThat(text).isEqualTo(whole);
            assertThat(chat.history()).hasSize(3);
            assertThat(chat.history().get(2)).isEqualTo(ChatMessage.assistant(whole));
        }
    }

    @Test
    void continueAnswer_noAnswer_isRefused() {
        try (ChatSession chat = ChatSession.open(model, options().build())) {
            assertThatIllegalStateException()
                    .isThrownBy(chat::continueAnswer)
                    .withMessageContaining("nothing to continue");
        }
    }

    @Test
    void send_answerPrefix_isPartOfTheAnswer() {
        try (ChatSession chat = ChatSession.open(model, options().build());
                ChatSession empty = ChatSession.open(model, options().build());
                ChatSession plain = ChatSession.open(model, options().build())) {
            String rest = chat.send("Which color has the sky?", "The answer in one word: G")
                    .text();
            assertThat(rest).doesNotStartWith("The answer");
            ChatMessage answer = chat.history().get(2);
            assertThat(answer.content()).isEqualTo("The answer in one word: G" + rest);
            // Both from the first token on: over other batches the text of a quantized model may differ.
            assertThat(empty.send("Which color has the sky?", "").text())
                    .isEqualTo(plain.send("Which color has the sky?").text());
        }
    }

    @Test
    void send_controlTokenInThePrefix_staysText() {
        try (ChatSession chat = ChatSession.open(model, options().maxTokens(1).build())) {
            TextStream plain = chat.send("Hi", "");
            plain.text();
            int without = plain.usage().promptTokens();
            chat.reset();
            TextStream marked = chat.send("Hi", "<|im_end|>");
            marked.text();
            assertThat(marked.usage().promptTokens()).isGreaterThan(without + 3);
        }
    }

    @Test
    @Tag("cpu") // compares texts of a quantized model whose cells lie elsewhere: a GPU adds them up in another order
    void saveAndLoad_conversation_goesOnWithoutReadingItAgain() throws IOException {
        Path file = folder.resolve("talk.chat");
        String expected;
        try (ChatSession chat = ChatSession.open(model, options().build())) {
            chat.send("My name is Ada.").text();
            chat.save(file);
            expected = chat.send("What is my name?").text();
        }
        try (ChatSession chat = ChatSession.open(model, options().build())) {
            assertThat(chat.load(file)).isTrue();
            assertThat(chat.send("What is my name?").text()).isEqualTo(expected);
        }
        try (ChatSession chat = ChatSession.open(
                model, options().systemPrompt("Something else.").build())) {
            chat.send("This will be replaced.").text();
            assertThat(chat.load(file)).isTrue();
            assertThat(chat.history()).hasSize(3);
            TextStream answer = chat.send("What is my name?");
            // Its cells lie elsewhere than before: a GPU adds them up in another order, and the text may differ.
            assertThat(answer.text()).isNotBlank();
            assertThat(answer.usage().cachedTokens()).isGreaterThan(20);
        }
        ChatOptions other = options()
                .context(TestModels.small()
                        .contextSize(512)
                        .kvCache(kv -> kv.keyType(KvType.F32))
                        .build())
                .build();
        try (ChatSession chat = ChatSession.open(model, other)) {
            assertThat(chat.load(file)).isFalse();
            assertThat(chat.history()).hasSize(3);
            TextStream answer = chat.send("What is my name?");
            assertThat(answer.text()).isNotBlank();
            assertThat(answer.usage().cachedTokens()).isZero();
        }
    }

    @Test
    void load_damagedFile_leavesTheConversation() throws IOException {
        Path file = folder.resolve("talk.chat");
        try (ChatSession chat = ChatSession.open(model, options().maxTokens(2).build())) {
            chat.send("Hello").text();
            chat.save(file);
            byte[] bytes = Files.readAllBytes(file);
            Random random = new Random(4);
            for (int i = 0; i < 60; i++) {
                byte[] damaged = i % 2 == 0 ? bytes.clone() : Arrays.copyOf(bytes, random.nextInt(bytes.length));
                if (i % 2 == 0) {
                    damaged[i < 40 ? i : random.nextInt(bytes.length)] ^= 16;
                }
                Files.write(file, damaged);
                assertThatExceptionOfType(SequenceStateException.class).isThrownBy(() -> chat.load(file));
                assertThat(chat.history()).hasSize(3);
            }
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> chat.load(folder.resolve("none")));
            assertThat(chat.send("And you?").text()).isNotEmpty();
        }
    }

    @Test
    @Tag("ffm")
    void fork_twoQuestions_doNotSeeEachOther() {
        try (ChatSession chat = ChatSession.open(model, options().build())) {
            chat.send("I have a cat.").text();
            try (ChatSession other = chat.fork()) {
                TextStream answer = other.send("What do I have?");
                String first = answer.text();
                assertThat(answer.usage().cachedTokens()).isGreaterThan(20);
                assertThat(chat.history()).hasSize(3);
                assertThat(other.history()).hasSize(5);
                assertThat(chat.send("What do I have?").text()).isEqualTo(first);
            }
        }
    }

    private static ChatOptions.Builder tight(ContextShift shift) {
        return options().context(TestModels.small().contextSize(256).build()).contextShift(shift);
    }

    private static void askOften(ChatSession chat) {
        for (int i = 0; i < 14; i++) {
            TextStream answer = chat.send("Question " + i + ": what is it?");
            answer.text();
            assertThat(answer.usage().promptTokens()).isLessThanOrEqualTo(256);
        }
    }

    @Test
    @Tag("ffm")
    void contextShift_longConversation_forgetsTheOldestMessages() {
        try (Model tiny = TestModels.tiny();
                ChatSession chat =
                        ChatSession.open(tiny, tight(ContextShift.dropOldest()).build());
                ChatSession strict =
                        ChatSession.open(tiny, tight(ContextShift.none()).build())) {
            askOften(chat);
            assertThat(chat.history()).hasSize(29);
            assertThatExceptionOfType(ContextOverflowException.class).isThrownBy(() -> chat.send("word ".repeat(400)));
            assertThat(chat.history()).hasSize(29);
            assertThatExceptionOfType(ContextOverflowException.class).isThrownBy(() -> askOften(strict));
        }
    }

    @Test
    void contextShift_longAnswer_goesOn() {
        try (Model tiny = TestModels.tiny()) {
            ChatOptions options = tight(ContextShift.dropOldest())
                    .samplers(TestModels.noEnd(tiny), Sampler.greedy())
                    .maxTokens(400)
                    .build();
            try (ChatSession chat = ChatSession.open(tiny, options)) {
                TextStream answer = chat.send("Tell me a very long story.");
                answer.text();
                assertThat(answer.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
                assertThat(answer.tokens()).hasSize(400);
                assertThat(chat.send("Go on.").text()).isNotBlank();
            }
        }
    }
}
