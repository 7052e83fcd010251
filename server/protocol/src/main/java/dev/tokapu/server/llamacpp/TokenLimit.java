package dev.tokapu.server.llamacpp;

import dev.tokapu.server.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What n_predict says: how long an answer may be.
 *
 * @param tokens at most so many, at least one; null for as many as there is room for
 * @param tells whether the answer is told; n_predict is 0 where the prompt alone is to be computed
 */
record TokenLimit(@Nullable Integer tokens, boolean tells) {

    static TokenLimit read(JsonObject body) {
        Integer wanted = body.integer("n_predict", -1, Integer.MAX_VALUE);
        boolean tells = wanted == null || wanted != 0;
        return new TokenLimit(wanted == null || wanted < 0 ? null : (Integer) Math.max(1, wanted), tells);
    }
}
