package dev.tokapu.engine;

import java.util.Objects;

/**
 * A text of which an {@link Engine} is asked the embedding.
 *
 * <p>Thread safety: immutable.
 *
 * @param prompt the text, its tokens, or a conversation
 * @param normalized whether the vector is brought to length 1, so that the product of two is the cosine of their angle; not with
 *     {@link dev.tokapu.Pooling#RANK}, whose scores stay as they are
 * @param scheduling priority, deadline, tenant, adapters
 * @since 0.1
 */
public record EmbedRequest(Prompt prompt, boolean normalized, SchedulingOptions scheduling) {

    /** Checks the values. */
    public EmbedRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(scheduling, "terms");
    }

    /**
     * A text, for a vector of length 1, with {@link SchedulingOptions#defaults()}.
     *
     * @param text the text; control tokens in it are not parsed
     * @return the request
     */
    public static EmbedRequest of(String text) {
        return new EmbedRequest(new Prompt.Text(text), true, SchedulingOptions.defaults());
    }

    /**
     * Tokens, for a vector of length 1, with {@link SchedulingOptions#defaults()}.
     *
     * @param tokens their ids, at least one; BOS is not added
     * @return the request
     */
    public static EmbedRequest of(int[] tokens) {
        return new EmbedRequest(new Prompt.Tokens(tokens), true, SchedulingOptions.defaults());
    }
}
