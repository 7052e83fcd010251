package dev.tokapu.steering;

import java.util.Objects;

/**
 * Two prompts that differ in what a control vector is to be about, and best in nothing else: the same request to a friendly and to an unfriendly
 * assistant, as far as the first words of an answer.
 *
 * <p>Thread safety: immutable.
 *
 * @param positive what the vector leads to; the text of control tokens becomes those tokens
 * @param negative what it leads away from, likewise
 * @since 0.1
 */
public record PromptPair(String positive, String negative) {

    public PromptPair {
        Objects.requireNonNull(positive, "positive");
        Objects.requireNonNull(negative, "negative");
    }
}
