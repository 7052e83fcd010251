package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Oracle;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chat and completion, compared with llama-completion. */
class ChatTextIT {

    private static final int TOKENS = 32;
    private static final int SEED = 1234;
    private static final List<String> TURNS =
            List.of("What is the capital of France?", "And of Italy?", "Thank you. Say goodbye.");

    private static final ContextOptions CONTEXT = ContextOptions.builder()
            .contextSize(2048)
            .threads(Reference.THREADS)
            .batchThreads(Reference.THREADS)
            .build();

    @ParameterizedTest
    @EnumSource
    void send_firstTurn_equalsConversationMode(Reference reference) {
        List<String> expected = Answers.texts("chat-" + TOKENS, TURNS, reference, () -> {
            Oracle oracle = Reference.oracle();
            return TURNS.stream()
                    .map(turn -> oracle.chatGreedy(reference.file(), turn, TOKENS, Reference.THREADS)
                            .text())
                    .map(String::stripTrailing)
                    .toList();
        });
        List<String> actual = new ArrayList<>();
        try (Model model = reference.load();
                ChatSession chat = ChatSession.open(model, options())) {
            for (String turn : TURNS) {
                actual.add(chat.send(turn).text().stripTrailing());
                chat.reset();
            }
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    @Tag("ffm")
    void send_severalTurns_equalConversationMode() {
        List<String> turns = List.of("Hi!", "What is your name?", "Thank you, goodbye.");
        int maxTokens = 400;
        List<String> expected = Answers.texts(
                "turns",
                turns,
                Reference.DEFAULT,
                () -> Reference.oracle()
                        .conversationGreedy(Reference.DEFAULT.file(), turns, maxTokens, Reference.THREADS));
        List<String> actual = new ArrayList<>();
        try (Model model = Reference.DEFAULT.load();
                ChatSession chat = ChatSession.open(model, options())) {
            for (String turn : turns) {
                TextStream answer = chat.send(turn);
                actual.add(answer.text());
                assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_TOKEN);
            }
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void send_severalTurns_equalACompletionOfTheWholeConversation() {
        List<String> prompts = new ArrayList<>();
        List<String> actual = new ArrayList<>();
        try (Model model = Reference.TINY.load();
                ChatTemplate template = ChatTemplate.of(model);
                ChatSession chat = ChatSession.open(model, options())) {
            for (String turn : TURNS) {
                TextStream answer = chat.send(turn);
                actual.add(answer.text());
                List<ChatMessage> history = chat.history();
                prompts.add(template.render(history.subList(0, history.size() - 1)));
            }
        }
        List<String> expected = Answers.texts("whole-" + TOKENS, prompts, Reference.TINY, () -> {
            Oracle oracle = Reference.oracle();
            Path file = Reference.TINY.file();
            return prompts.stream()
                    .map(prompt -> oracle.completionGreedy(file, prompt, TOKENS, Reference.THREADS)
                            .text())
                    .toList();
        });
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void complete_defaultSamplersWithSeed_equalsLlamaCompletion(Reference reference) {
        List<String> prompts = List.of("Once upon a time", "The best thing about rain is");
        List<String> expected = Answers.texts("sampled-" + SEED, prompts, reference, () -> {
            Oracle oracle = Reference.oracle();
            return prompts.stream()
                    .map(prompt -> oracle.completionSampled(reference.file(), prompt, TOKENS, Reference.THREADS, SEED)
                            .text())
                    .toList();
        });
        List<String> actual = new ArrayList<>();
        try (Model model = reference.load()) {
            for (String prompt : prompts) {
                CompletionOptions options = CompletionOptions.builder()
                        .context(CONTEXT)
                        .samplers(Sampler.defaults(SEED))
                        .maxTokens(TOKENS)
                        .build();
                actual.add(Completion.of(model, prompt, options).text());
            }
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static ChatOptions options() {
        return ChatOptions.builder()
                .context(CONTEXT)
                .samplers(Sampler.greedy())
                .maxTokens(TOKENS)
                .build();
    }
}
