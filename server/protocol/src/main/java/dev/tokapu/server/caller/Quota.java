package dev.tokapu.server.caller;

import java.util.Map;

/**
 * How much a caller may ask for.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public interface Quota {

    /** As much as it likes. */
    Quota NONE = new Quota() {
        @Override
        public void begin() {
            // There is always more.
        }

        @Override
        public void used(int tokens) {
            // Nobody counts.
        }

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }
    };

    /**
     * Takes a call from it.
     *
     * @throws dev.tokapu.server.problem.ProblemException when there is none left, with when there will be
     */
    void begin();

    /** Takes tokens that a call has used, once that is known. */
    void used(int tokens);

    /** {@return what is left, as headers of the response} */
    Map<String, String> headers();
}
