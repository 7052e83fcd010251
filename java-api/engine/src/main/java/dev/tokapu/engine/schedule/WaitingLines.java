package dev.tokapu.engine.schedule;

import java.util.Objects;
import java.util.TreeSet;

/**
 * The lines of one priority. Next is the line with the least service among those that have waited about as long as the one that has waited
 * longest. Two ways lead there, and both are gone at the same pace, since either may be long: to compare all that have waited so long, and to
 * go by service until one is met that has. Services grow from step to step; a line's place by service is put right when it is met.
 */
final class WaitingLines {

    private final TreeSet<WaitingLine> byArrival = new TreeSet<>(WaitingLine.BY_ARRIVAL);
    private final TreeSet<WaitingLine> byService = new TreeSet<>(WaitingLine.BY_SERVICE);

    boolean isEmpty() {
        return byArrival.isEmpty();
    }

    void add(WaitingLine line) {
        line.note();
        byArrival.add(line);
        byService.add(line);
    }

    /** Removes a line; its first request must be as it was when it was added. */
    void remove(WaitingLine line) {
        byArrival.remove(line);
        byService.remove(line);
    }

    /** The level of the request that has waited longest. */
    long level(long now, long agingNanos) {
        return PriorityOrder.level(byArrival.first().first(), now, agingNanos);
    }

    /** The line that is next among those of this level, which is the highest one. */
    WaitingLine next(long level, long now, long agingNanos) {
        WaitingLine best = byArrival.first();
        WaitingLine leastServed = byService.first();
        for (WaitingLine line : byArrival) {
            if (PriorityOrder.level(line.first(), now, agingNanos) < level) {
                return best;
            }
            best = line.service() < best.service() ? line : best;
            if (leastServed.isStale()) {
                leastServed = putRight(leastServed);
            } else if (PriorityOrder.level(leastServed.first(), now, agingNanos) == level) {
                return leastServed;
            } else {
                leastServed = Objects.requireNonNull(byService.higher(leastServed), "a line of this level");
            }
        }
        return best;
    }

    /** Moves a line to where its service belongs, and returns the one that stands in its place. */
    private WaitingLine putRight(WaitingLine line) {
        WaitingLine following = byService.higher(line);
        byService.remove(line);
        line.note();
        byService.add(line);
        return following == null || WaitingLine.BY_SERVICE.compare(line, following) < 0 ? line : following;
    }
}
