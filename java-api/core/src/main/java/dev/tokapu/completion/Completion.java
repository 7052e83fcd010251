package dev.tokapu.completion;

import dev.tokapu.Model;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenPrompt;
import java.util.function.IntFunction;

/**
 * Continues a plain text in a new context, which is freed when the stream ends or is closed: always do one of the two. A {@link ContextGenerator} keeps its context for several texts.
 *
 * <p>The reading thread computes the text in native code. This pins the carrier of a virtual thread until all of the prompt
 * is processed: use platform threads, or an {@code Engine}.
 *
 * <p>Thread safety: safe; the streams are confined, but for {@link TextStream#cancel()} and {@link TextStream#close()}.
 *
 * @since 0.1
 */
public final class Completion {

    private Completion() {}

    /**
     * Continues a text with {@link CompletionOptions#defaults()}.
     *
     * @param model the model
     * @param prompt the text
     * @return the continuation as a stream; read it to its end or close it
     */
    public static TextStream of(Model model, String prompt) {
        return of(model, prompt, CompletionOptions.defaults());
    }

    /**
     * Continues a text.
     *
     * @param model the model
     * @param prompt the text
     * @param options how to
     * @return the continuation as a stream; read it to its end or close it
     * @throws dev.tokapu.exception.ContextOverflowException when the text is too long
     */
    public static TextStream of(Model model, String prompt, CompletionOptions options) {
        TokenPrompt tokens = ContextGenerator.tokens(model, prompt, options.parseSpecial());
        return start(model, size -> tokens, options);
    }

    /**
     * Continues a text that is given as tokens.
     *
     * @param model the model
     * @param prompt the tokens, at least one; BOS is not added
     * @param options how to
     * @return the continuation as a stream; read it to its end or close it
     * @throws dev.tokapu.exception.ContextOverflowException when there are too many
     */
    public static TextStream of(Model model, int[] prompt, CompletionOptions options) {
        TokenPrompt tokens = TokenPrompt.of(prompt);
        return start(model, size -> tokens, options);
    }

    /** The prompt may depend on the size of the context. */
    static TextStream start(Model model, IntFunction<TokenPrompt> prompt, CompletionOptions options) {
        ContextGenerator generator = ContextGenerator.open(model, options.context(), options.contextShift());
        try {
            TokenPrompt tokens = prompt.apply(generator.sequenceContextSize());
            return generator.generate(tokens, options.generation(), generator::close);
        } catch (Throwable e) {
            generator.close();
            throw e;
        }
    }
}
