package dev.tokapu.chat;

import dev.tokapu.Vocab;
import dev.tokapu.internal.text.Pieces;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenPrompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A conversation ready to be answered: the tokens of its prompt, what holds the answer to the form that the chat template asks for,
 * and what takes it apart.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ChatPrompt {

    private final RenderedChat rendered;
    private final TokenPrompt tokens;
    private final AnswerFormat format;
    private final ReasoningOptions reasoning;
    private final AnswerPrefix prefix;
    private final Vocab vocab;
    private final int[] shown;

    private ChatPrompt(
            Vocab vocab,
            RenderedChat rendered,
            TokenPrompt tokens,
            int[] shown,
            AnswerFormat format,
            ReasoningOptions reasoning,
            AnswerPrefix prefix) {
        this.vocab = vocab;
        this.rendered = rendered;
        this.tokens = tokens;
        this.shown = shown;
        this.format = format;
        this.reasoning = reasoning;
        this.prefix = prefix;
    }

    /** A rendered conversation as tokens; {@code begun}: the last of them, which the answer begins with. */
    static ChatPrompt of(
            Vocab vocab,
            ChatTemplate.Rendered conversation,
            int[] tokens,
            int[] begun,
            ReasoningOptions reasoning,
            AnswerPrefix prefix) {
        AnswerFormat format = conversation.format();
        int[] shown = format.shown(vocab);
        int[] told = format.begun(vocab);
        if (prefix.grammar() != null || !format.grammar().isEmpty()) {
            told = IntStream.concat(Arrays.stream(told), Arrays.stream(begun)).toArray();
        }
        TokenPrompt prompt = TokenPrompt.of(tokens).withGrammarTokens(told).withShownTokens(shown);
        RenderedChat rendered = conversation.chat().begun(prefix.text());
        return new ChatPrompt(vocab, rendered, prompt, shown, format, reasoning, prefix);
    }

    /** The same for an answer that may go on later; {@code kept}: tokens that stay when the context is full. */
    ChatPrompt inConversation(int kept) {
        TokenPrompt prompt = tokens.withKept(kept).withCutCharacter(prefix.half());
        return new ChatPrompt(vocab, rendered, prompt, shown, format, reasoning, prefix);
    }

    /** {@return the prompt as text, with the answer prefix, and the stop strings of the template} */
    public RenderedChat rendered() {
        return rendered;
    }

    /** {@return the tokens of the prompt} */
    public TokenPrompt tokens() {
        return tokens;
    }

    /**
     * Options with what the template and its tools demand: stop strings, a grammar, a budget of thoughts.
     *
     * @param options the user's
     * @return those to generate with
     */
    public GenerationOptions options(GenerationOptions options) {
        return options(options, false);
    }

    /** The same; thoughts that can be ended without a budget where {@code endable}. */
    GenerationOptions options(GenerationOptions options, boolean endable) {
        List<Sampler> first = new ArrayList<>(format.samplers(vocab, reasoning, endable, prefix.text()));
        List<String> stops = new ArrayList<>(rendered.stops());
        if (prefix.grammar() == null) {
            stops.addAll(options.stops());
        } else if (format.grammar().isEmpty()) {
            first.add(prefix.grammar());
        }
        GenerationOptions all = options.toBuilder().stops(stops).build();
        return first.isEmpty() ? all : all.withSamplersFirst(first);
    }

    /**
     * The same for several answers.
     *
     * @param count how often {@link #answer} will be called
     * @return this
     */
    public ChatPrompt expectAnswers(int count) {
        AnswerParser parser = format.parser();
        if (parser != null) {
            parser.expect(count);
        }
        return this;
    }

    /**
     * The answer, taken apart.
     *
     * @param text generated with {@link #tokens} and {@link #options}
     * @return the answer; unless more are expected, there is one
     */
    public ChatAnswer answer(TextStream text) {
        return answer(text, new ThreadGuard("ChatAnswer"), ended -> {});
    }

    ChatAnswer answer(TextStream text, ThreadGuard guard, Consumer<ChatAnswer> onEnd) {
        return new ChatAnswer(
                text, format.parser(), prefix.text(), new ReasoningTokens(Pieces.of(vocab, shown)), guard, onEnd);
    }

    int length() {
        return tokens.length();
    }

    /** Frees what the answer would have been taken apart with, when there will be none. */
    void discard() {
        format.close();
    }
}
