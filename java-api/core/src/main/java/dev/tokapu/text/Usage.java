package dev.tokapu.text;

/**
 * How many tokens a generation took.
 *
 * <p>Thread safety: immutable.
 *
 * @param promptTokens length of the whole prompt, in tokens
 * @param cachedTokens how many of these were in the KV cache already and cost nothing
 * @param generatedTokens tokens that were generated, without the end-of-generation token
 * @param draftedTokens tokens that were drafted ahead of the model; see {@code Speculation}
 * @param acceptedTokens how many of these were right, and needed no step of their own
 * @param reasoningTokens how many of the generated tokens were thoughts; see {@code ChatAnswer}
 * @since 0.1
 */
public record Usage(
        int promptTokens,
        int cachedTokens,
        int generatedTokens,
        int draftedTokens,
        int acceptedTokens,
        int reasoningTokens) {

    /** Nothing yet. */
    public static final Usage NONE = new Usage(0, 0, 0);

    /**
     * Without drafts.
     *
     * @param promptTokens length of the whole prompt, in tokens
     * @param cachedTokens how many of these were in the KV cache already and cost nothing
     * @param generatedTokens tokens that were generated, without the end-of-generation token
     */
    public Usage(int promptTokens, int cachedTokens, int generatedTokens) {
        this(promptTokens, cachedTokens, generatedTokens, 0, 0, 0);
    }

    /**
     * The sum of two usages.
     *
     * @param other what to add
     * @return the sum, part by part
     */
    public Usage plus(Usage other) {
        return new Usage(
                promptTokens + other.promptTokens,
                cachedTokens + other.cachedTokens,
                generatedTokens + other.generatedTokens,
                draftedTokens + other.draftedTokens,
                acceptedTokens + other.acceptedTokens,
                reasoningTokens + other.reasoningTokens);
    }

    /**
     * The same with a count of thoughts.
     *
     * @param count tokens
     * @return the usage
     */
    public Usage withReasoningTokens(int count) {
        return new Usage(promptTokens, cachedTokens, generatedTokens, draftedTokens, acceptedTokens, count);
    }
}
