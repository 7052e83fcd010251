package dev.tokapu.internal.schedule;

import java.util.EnumMap;
import java.util.Map;

/** What a simulation went through, so that a test can see that nothing was left out. */
@SuppressWarnings("EnumOrdinal") // arrays by constant
final class SimulationCounts {

    long steps;
    long offered;
    long accepted;
    long tokens;
    long failed;
    private final Map<End, Long> ends = new EnumMap<>(End.class);

    void ended(End reason) {
        ends.merge(reason, 1L, Long::sum);
    }

    long ends(End reason) {
        return ends.getOrDefault(reason, 0L);
    }

    @Override
    public String toString() {
        return steps + " steps, " + failed + " failed, " + accepted + " of " + offered + " jobs accepted, " + tokens
                + " tokens; ends: " + ends(End.DONE) + " done, " + ends(End.CANCELLED) + " cancelled, "
                + ends(End.DEADLINE) + " over deadline";
    }
}
