package dev.tokapu.server.files;

import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import java.util.Set;

/**
 * How long files are kept, as OpenAI's API says it: an hour to 30 days after they were made.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Expiry {

    /** How long files of batches are kept where nobody says, in seconds: 30 days. */
    public static final long USUAL = 30L * 24 * 3600;

    private static final long SHORTEST = 3600;

    private Expiry() {}

    /** {@return the seconds of {@code {"anchor": "created_at", "seconds": N}}} */
    public static long read(JsonValue value) {
        JsonObject object = value.object();
        object.require("anchor").oneOf("created_at");
        long seconds = object.require("seconds").integer(SHORTEST, USUAL);
        object.rejectUnknown(Set.of());
        return seconds;
    }
}
