package dev.tokapu.sampling;

/**
 * Changes logits given the tokens so far; {@link Sampler#customLogits(LogitsProcessor)} makes a sampler of it.
 *
 * <pre>{@code
 * // never the same token twice in a row
 * Sampler sampler = Sampler.customLogits((tokens, candidates) -> {
 *     int last = tokens.isEmpty() ? -1 : candidates.indexOf(tokens.last());
 *     if (last >= 0) {
 *         candidates.setLogit(last, Float.NEGATIVE_INFINITY);
 *     }
 * });
 * }</pre>
 *
 * <p>All that is said of exceptions and calls from inside a {@link CustomSampler} holds here too.
 *
 * <p>Thread safety: one without state of its own may be shared by chains; the tokens are kept for each chain.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface LogitsProcessor {

    /**
     * Changes the candidates, in place.
     *
     * @param tokens the prompt and what was generated after it
     * @param candidates what may come next; usable during this call only
     */
    void process(TokenHistory tokens, TokenCandidates candidates);
}
