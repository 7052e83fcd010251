package dev.tokapu.engine;

import java.time.Duration;

/**
 * Where the time of a request went, from its submission; zero for what has not happened.
 *
 * <p>Thread safety: immutable.
 *
 * @param queue until it was admitted
 * @param prefill from then until its prompt was prefilled
 * @param firstToken from the submission until its first token was chosen
 * @param total from the submission until its end, or until now
 * @param perToken between two tokens, on average
 * @since 0.1
 */
public record RequestTimings(
        Duration queue, Duration prefill, Duration firstToken, Duration total, Duration perToken) {}
