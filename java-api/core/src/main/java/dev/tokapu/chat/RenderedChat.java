package dev.tokapu.chat;

import java.util.List;
import java.util.Objects;

/**
 * A conversation as the model wants to read it.
 *
 * @param prompt the text, in which control tokens stand as text; to be tokenized with
 *     {@link dev.tokapu.TokenizeOptions#parseSpecial()}. {@link ChatSession} takes care that what users typed is not parsed
 * @param stops texts that end the answer, besides the model's end-of-generation tokens
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public record RenderedChat(String prompt, List<String> stops) {

    /** Checks the values. */
    public RenderedChat {
        Objects.requireNonNull(prompt, "prompt");
        stops = List.copyOf(stops);
    }

    /** The same with the beginning of the answer. */
    RenderedChat begun(String answer) {
        return answer.isEmpty() ? this : new RenderedChat(prompt + answer, stops);
    }
}
