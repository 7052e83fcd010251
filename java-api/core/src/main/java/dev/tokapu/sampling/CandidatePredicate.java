package dev.tokapu.sampling;

/**
 * A question about a candidate.
 *
 * <p>Thread safety: as implemented.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface CandidatePredicate {

    /**
     * Answers it.
     *
     * @param token the token's id
     * @param logit its logit
     * @return the answer
     */
    boolean test(int token, float logit);
}
