package dev.tokapu.server.api;

import java.time.Duration;

/**
 * How long a client may have an answer wait for it: it takes at least {@link #LEAST} bytes in each write timeout of waiting, or it would
 * keep the place of the answer for ever by taking a little now and then.
 *
 * <p>Thread safety: one thread at a time.
 */
final class Pace {

    /** What a client takes at least before it is given the whole time again. */
    static final int LEAST = 16 << 10;

    private final long most;
    private long waited; // since it took the least, as the following
    private long sent;
    private long since; // when it began to wait

    Pace(Duration writeTimeout) {
        this.most = writeTimeout.toNanos();
    }

    /** So many bytes were sent; all but a limited number of them were taken. */
    void sent(int bytes) {
        sent += bytes;
    }

    /** The answer waits from now on; for how long it may. */
    Duration begin(long now) {
        if (sent >= LEAST) {
            sent = 0;
            waited = 0;
        }
        since = now;
        return Duration.ofNanos(Math.max(0, most - waited));
    }

    /** It waits no more. */
    void end(long now) {
        waited += now - since;
    }
}
