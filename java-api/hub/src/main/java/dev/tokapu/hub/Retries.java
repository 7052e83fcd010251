package dev.tokapu.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before another try, until there have been too many. */
final class Retries {

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

    private final int most;
    private final Duration first;
    private int failures;

    Retries(HubOptions options) {
        this.most = options.retries();
        this.first = options.retryDelay();
    }

    /** Something has come: what went wrong before no longer counts. */
    void progressed() {
        failures = 0;
    }

    /** How long to wait after a failure; throws it when it is final. */
    Duration after(IOException failure) throws IOException {
        if (!(failure instanceof HubFailure hub) || hub.isLasting()) {
            throw failure;
        }
        failures++;
        Duration asked = hub.retryAfter();
        if (asked != null && asked.compareTo(LONGEST_ASKED) > 0) {
            throw HubFailure.lasting(hub.getMessage() + "; it may be asked again in " + asked.toSeconds()
                    + " seconds, which is not waited for");
        }
        if (failures > most) {
            throw HubFailure.lasting(hub.getMessage() + (failures == 1 ? "" : "; tried " + failures + " times")
                    + ". What has come is kept: try again later");
        }
        if (asked != null) {
            return asked;
        }
        double doubled = first.toMillis() * Math.pow(2, Math.min(failures - 1, 20));
        double spread = ThreadLocalRandom.current()
                .nextDouble(0.75, 1.25); // clients that failed together shall not return together
        return Duration.ofMillis((long) (Math.min((double) LONGEST.toMillis(), doubled) * spread));
    }
}
