package dev.tokapu.sampling;

/**
 * A sampler written in Java. It stands anywhere in a {@link SamplerChain} and is called once for each token, with all candidates
 * that are left at its place; what it drops, reorders, reweights or selects is what the next sampler finds.
 *
 * <pre>{@code
 * Sampler noNumbers = Sampler.custom(candidates ->
 *         candidates.removeIf((token, logit) -> digits.get(token)));
 * SamplerChain chain = SamplerChain.of(model, Sampler.topK(40), noNumbers, Sampler.dist(7));
 * }</pre>
 *
 * <p>It works on what is left: after a {@link TopK} that is little, at the beginning of a chain it is the whole vocabulary, which
 * costs copying it. A {@link Grammar} that refuses the first choice makes the chain choose again, so that {@link #apply} may be
 * called twice for one token; {@link #accept} says which token it became.
 *
 * <p>An exception fails the call of the chain with a {@link dev.tokapu.exception.SamplerException} whose cause it is; chain and context stay
 * usable. The chain and the context that run it cannot be called from inside (an {@link IllegalStateException}), except to close
 * them, which takes effect after the call; other models, vocabularies, chains and contexts can.
 *
 * <p>On a device, the part of a chain before the first sampler in Java may run there.
 *
 * <p>Thread safety: one with state belongs to one chain and is called by the thread that uses the chain; one without may be shared.
 *
 * @since 0.1
 */
@FunctionalInterface
public non-sealed interface CustomSampler extends Sampler {

    /**
     * Works on the candidates, in place.
     *
     * @param candidates what is left; usable during this call only
     */
    void apply(TokenCandidates candidates);

    /**
     * A token was generated.
     *
     * @param token its id
     */
    default void accept(int token) {}

    /**
     * A generation begins after these tokens; called after {@link #reset}, by completions and chat sessions and by
     * {@link SamplerChain#acceptPrompt}.
     *
     * @param tokens ids, a copy
     */
    default void prompt(int[] tokens) {}

    /** Goes back to the first state. */
    default void reset() {}

    /**
     * The sampler of a copy of the chain: independent, with the same state. One that has no state is its own copy.
     *
     * @return this, unless overridden
     */
    default CustomSampler copy() {
        return this;
    }

    /** {@return whether {@link #apply} selects a candidate, so that it may end a chain; false unless overridden} */
    @Override
    default boolean selects() {
        return false;
    }

    /** {@return the name in messages, at least one character} */
    default String name() {
        return "custom";
    }
}
