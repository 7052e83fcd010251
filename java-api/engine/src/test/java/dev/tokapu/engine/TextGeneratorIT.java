package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.SequenceState;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.ContextGenerator;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextGenerator;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenPrompt;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A context and an engine generate in the same way. */
@Timeout(300)
class TextGeneratorIT {

    private static final GenerationOptions GREEDY =
            GenerationOptions.builder().temperature(0).maxTokens(20).build();

    @TinyModel
    private static Model model;

    private static ContextGenerator context() {
        return ContextGenerator.open(model, TestModels.small().contextSize(512).build());
    }

    private static Engine engine() {
        return Engine.start(
                model,
                EngineOptions.builder()
                        .context(TestModels.small().build())
                        .maxSequences(2)
                        .sequenceContextSize(512)
                        .build());
    }

    /** What holds for all of them. */
    private static List<String> texts(TextGenerator generator) {
        assertThat(generator.model()).isSameAs(model);
        assertThat(generator.sequenceContextSize()).isEqualTo(512);
        List<String> texts = new ArrayList<>();
        for (String prompt : List.of("once upon", "once upon a time", "the sea")) {
            try (TextStream text = generator.generate(prompt, GREEDY)) {
                texts.add(text.text());
                assertThat(text.textSoFar()).isEqualTo(text.text());
                assertThat(text.tokens()).hasSize(text.usage().generatedTokens());
            }
        }
        TokenPrompt tokens = TokenPrompt.of(model.vocab().tokenize("once upon"));
        texts.add(generator.generate(tokens, GREEDY).text());
        GenerationOptions stopping =
                GREEDY.toBuilder().ignoreEnd(true).maxTokens(3).build();
        TextStream three = generator.generate("the sea", stopping);
        three.text();
        assertThat(three.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
        assertThat(three.tokens()).hasSize(3);
        String tooLong = "word ".repeat(600);
        assertThatThrownBy(() -> generator.generate(tooLong, GREEDY)).isInstanceOf(ContextOverflowException.class);
        ChatOptions options = ChatOptions.builder().generation(GREEDY).build();
        try (ChatSession chat = ChatSession.open(generator, options)) {
            texts.add(chat.ask("hello"));
            texts.add(chat.ask("and now?"));
            assertThat(chat.history()).hasSize(4);
        }
        texts.add(generator.generate("once upon", GREEDY).text());
        return texts;
    }

    @Test
    void generate_greedy_isTheSameFromAContextAndAnEngine() {
        try (ContextGenerator context = context();
                Engine engine = engine()) {
            assertThat(texts(engine)).isEqualTo(texts(context));
        }
    }

    @Test
    void generate_promptThatBeginsAlike_costsItsRest() {
        try (ContextGenerator generator = context()) {
            generator.generate("once upon a time there was", GREEDY).text();
            TextStream longer = generator.generate("once upon a time there was a", GREEDY);
            longer.text();
            assertThat(longer.usage().cachedTokens()).isGreaterThan(5);
        }
    }

    @Test
    void generate_whileAnotherTextRuns_cancelsThat() {
        try (ContextGenerator generator = context()) {
            TextStream first = generator.generate("once", GREEDY);
            assertThat(first.iterator().hasNext()).isTrue();
            generator.generate("twice", GREEDY).text();
            assertThat(first.finishReason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    void state_ofAnother_goesOnThere() {
        try (ContextGenerator generator = context();
                ContextGenerator other = generator.another()) {
            String text = generator.generate("once upon a time", GREEDY).text();
            try (SequenceState state = generator.state()) {
                assertThat(other.restore(state)).isTrue();
            }
            TextStream again = other.generate("once upon a time", GREEDY);
            assertThat(again.text()).isEqualTo(text);
            assertThat(again.usage().cachedTokens()).isPositive();
        }
    }

    @Test
    void close_generateThrows() {
        ContextGenerator generator = context();
        generator.close();
        generator.close();
        assertThatIllegalStateException().isThrownBy(() -> generator.generate("once", GREEDY));
    }

    @Test
    void singleValues_giveTheTokensOfTheChainThatTheyMean() {
        GenerationOptions values = GenerationOptions.builder()
                .seed(5)
                .temperature(1.5)
                .topK(10)
                .topP(0.5)
                .minP(0.2)
                .repeatPenalty(1.3)
                .maxTokens(40)
                .build();
        GenerationOptions chain = GenerationOptions.builder()
                .samplers(
                        Sampler.penalties(64, 1.3f, 0, 0),
                        Sampler.topK(10),
                        Sampler.topP(0.5f),
                        Sampler.minP(0.2f),
                        Sampler.temperature(1.5f),
                        Sampler.dist(5))
                .maxTokens(40)
                .build();
        GenerationOptions wide = values.toBuilder().topK(0).topP(1).minP(0).build();
        try (ContextGenerator context = context();
                Engine engine = engine()) {
            int[] expected = tokens(context, chain);
            assertThat(tokens(context, values)).isEqualTo(expected);
            assertThat(tokens(engine, values)).isEqualTo(expected);
            assertThat(tokens(context, wide)).isNotEqualTo(expected);
        }
    }

    private static int[] tokens(TextGenerator generator, GenerationOptions options) {
        TextStream text = generator.generate("once upon a time", options);
        text.text();
        return text.tokens();
    }

    @Test
    void ask_overrides_holdForOneAnswer() {
        ChatOptions options = ChatOptions.builder().generation(GREEDY).build();
        try (ContextGenerator context = context();
                Engine engine = engine()) {
            for (TextGenerator generator : List.of(context, engine)) {
                try (ChatSession chat = ChatSession.open(generator, options)) {
                    String whole = chat.ask("hello");
                    chat.reset();
                    GenerationOptions two =
                            GenerationOptions.builder().maxTokens(2).build();
                    TextStream shorter = chat.send(ChatMessage.user("hello"), two);
                    assertThat(whole).startsWith(shorter.text());
                    assertThat(shorter.tokens()).hasSize(2);
                    chat.reset();
                    assertThat(chat.ask("hello")).isEqualTo(whole);
                    chat.reset();
                    assertThat(chat.ask("hello", two)).isEqualTo(shorter.textSoFar());
                }
            }
        }
    }

    @Test
    void ask_overridesThatAreRefused_leaveNoTrace() {
        ChatOptions options =
                ChatOptions.builder().samplers(Sampler.greedy()).maxTokens(5).build();
        GenerationOptions warm = GenerationOptions.builder().temperature(1).build();
        try (ContextGenerator context = context();
                ChatSession chat = ChatSession.open(context, options)) {
            assertThatIllegalArgumentException().isThrownBy(() -> chat.ask("hello", warm));
            assertThat(chat.history()).isEmpty();
        }
    }

    @Test
    void chat_withAContextShiftOfItsOwn_isRefused() {
        ChatOptions options =
                ChatOptions.builder().contextShift(ContextShift.dropOldest()).build();
        try (ContextGenerator context = context()) {
            assertThatThrownBy(() -> ChatSession.open(context, options))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void chat_closed_leavesTheGeneratorOpen() {
        try (ContextGenerator context = context()) {
            ChatOptions options = ChatOptions.builder().generation(GREEDY).build();
            ChatSession chat = ChatSession.open(context, options);
            chat.ask("hello");
            try (ChatSession fork = chat.fork()) {
                chat.close();
                assertThat(fork.ask("and now?")).isNotNull();
            }
            assertThat(context.generate("once", GREEDY).text()).isNotNull();
        }
    }
}
