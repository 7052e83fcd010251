package dev.tokapu.text;

import dev.tokapu.Model;

/**
 * Generates texts with a model: a context with one text at a time ({@link dev.tokapu.completion.ContextGenerator}), or an engine with many.
 *
 * <p>Thread safety: as implemented.
 *
 * @since 0.1
 */
public interface TextGenerator {

    /** {@return the model} */
    Model model();

    /** {@return how many tokens a text takes at most, prompt and answer} */
    int sequenceContextSize();

    /**
     * What it forgets of a text that fills its context.
     *
     * @return {@link ContextShift#none()} for one whose texts end there
     */
    default ContextShift contextShift() {
        return ContextShift.none();
    }

    /**
     * This generator as a {@link dev.tokapu.chat.ChatSession} uses it.
     *
     * @return this one, or one that counts what it generates as answers of a conversation, as an engine does
     */
    default TextGenerator forChat() {
        return this;
    }

    /**
     * Goes on from tokens.
     *
     * @param prompt the tokens
     * @param options how
     * @return what follows; close or cancel it if you do not read it to its end
     * @throws dev.tokapu.exception.ContextOverflowException when the prompt is too long
     * @throws IllegalArgumentException when prompt or options do not fit the model or this generator
     * @throws IllegalStateException when this generator is closed
     */
    TextStream generate(TokenPrompt prompt, GenerationOptions options);

    /**
     * Goes on from a text; control tokens in it are not parsed.
     *
     * @param prompt the text
     * @param options how
     * @return what follows
     */
    TextStream generate(String prompt, GenerationOptions options);
}
