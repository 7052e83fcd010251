package dev.tokapu.server.files;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** How many files arrive at the moment: clients that send slowly hold up their own tenant at most. */
final class Arrivals {

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int MOST = 32;
    private static final int TENANT_MOST = 8;

    private final Map<String, Integer> tenants = new HashMap<>(); // with the lock of this
    private int all; // with the lock of this

    synchronized void begin(String tenant) {
        int mine = tenants.getOrDefault(tenant, 0);
        if (all >= MOST || mine >= TENANT_MOST) {
            throw new ProblemException(
                    Problem.of(Kind.UNAVAILABLE, all + " files are arriving, " + mine + " of this key; try again")
                            .withCode("overloaded")
                            .withRetryAfter(RETRY));
        }
        tenants.put(tenant, mine + 1);
        all++;
    }

    synchronized void end(String tenant) {
        tenants.computeIfPresent(tenant, (same, count) -> count == 1 ? null : count - 1);
        all--;
    }
}
