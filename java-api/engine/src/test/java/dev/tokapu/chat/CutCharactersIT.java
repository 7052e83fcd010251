package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.text.TextStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that are cut off inside a character, and go on. */
class CutCharactersIT {

    private static final String TEXT =
            "A \u6b6a B \ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67\u200d\ud83d\udc66 \u00e9 C";

    @SmolModel
    private static Model model;

    private static int[] tokens;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        tokens = model.vocab()
                .tokenize(TEXT, TokenizeOptions.builder().addSpecial(false).build());
        assertThat(tokens.length).isGreaterThan(TEXT.length());
    }

    /** Makes the model say the text, from answer to answer. */
    private static ChatOptions options(int maxTokens) {
        AtomicInteger next = new AtomicInteger();
        return ChatOptions.builder()
                .context(TestModels.small().build())
                .samplers(
                        Sampler.customLogits((history, candidates) -> {
                            int token = tokens[Math.min(next.getAndIncrement(), tokens.length - 1)];
                            candidates.setLogit(candidates.indexOf(token), 1000);
                        }),
                        Sampler.greedy())
                .maxTokens(maxTokens)
                .build();
    }

    private static String whole(ChatSession chat, int maxTokens) {
        StringBuilder pieces = new StringBuilder();
        chat.send("Say it.").forEach(pieces::append);
        for (int n = maxTokens; n < tokens.length; n += maxTokens) {
            assertThat(answer(chat)).doesNotContain("\ufffd");
            chat.continueAnswer().forEach(pieces::append);
        }
        return pieces.toString();
    }

    private static String answer(ChatSession chat) {
        return chat.history().get(chat.history().size() - 1).content();
    }

    static List<Integer> limits() {
        return Thorough.some(List.of(1, 2, 5), 1);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void continueAnswer_cutInsideACharacter_givesItWhole(int maxTokens) {
        try (ChatSession chat = ChatSession.open(model, options(maxTokens))) {
            assertThat(whole(chat, maxTokens)).startsWith(TEXT);
            assertThat(answer(chat)).startsWith(TEXT);
        }
    }

    static List<Integer> limitsOnAnEngine() {
        return Thorough.some(List.of(3, 1), 1);
    }

    @ParameterizedTest
    @MethodSource("limitsOnAnEngine")
    void continueAnswer_cutInsideACharacterOnAnEngine_givesItWhole(int maxTokens) {
        EngineOptions options =
                EngineOptions.builder().maxSequences(1).sequenceContextSize(256).build();
        try (Engine engine = Engine.start(model, options);
                ChatSession chat = engine.chat(options(maxTokens))) {
            assertThat(whole(chat, maxTokens)).startsWith(TEXT);
            assertThat(answer(chat)).startsWith(TEXT);
        }
    }

    @Test
    void fork_cutInsideACharacter_goesOnInBoth() {
        int cut = insideACharacter();
        try (ChatSession chat = ChatSession.open(model, options(cut))) {
            chat.send("Say it.").text();
            try (ChatSession other = chat.fork()) {
                assertThat(answer(other)).isEqualTo("A ");
                other.continueAnswer().text();
                assertThat(answer(other)).startsWith("A \u6b6a");
            }
        }
    }

    @Test
    void saveAndLoad_cutInsideACharacter_goesOn() throws IOException {
        int cut = insideACharacter();
        Path file = folder.resolve("cut.chat");
        ChatOptions options = options(cut);
        try (ChatSession chat = ChatSession.open(model, options)) {
            chat.send("Say it.").text();
            chat.save(file);
        }
        try (ChatSession chat = ChatSession.open(model, options)) {
            assertThat(chat.load(file)).isTrue();
            assertThat(answer(chat)).isEqualTo("A ");
            chat.continueAnswer().text();
            assertThat(answer(chat)).startsWith("A \u6b6a");
        }
    }

    /** A number of tokens that ends within the second word. */
    private static int insideACharacter() {
        int cut = 2;
        while (!model.vocab().detokenize(Arrays.copyOf(tokens, cut)).endsWith("\ufffd")) {
            cut++;
        }
        return cut;
    }

    @Test
    void send_afterAnAnswerCutInsideACharacter_seesWholeCharacters() {
        try (ChatSession chat = ChatSession.open(model, options(insideACharacter()))) {
            chat.send("Say it.").text();
            assertThat(answer(chat)).isEqualTo("A ");
            TextStream next = chat.send("And now?");
            next.text();
            assertThat(chat.history()).hasSize(4);
            assertThat(chat.history().get(1)).isEqualTo(ChatMessage.assistant("A "));
        }
    }
}
