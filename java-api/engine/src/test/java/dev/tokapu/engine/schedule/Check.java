package dev.tokapu.engine.schedule;

/** Assertions that cost nothing while they hold: the simulation makes hundreds of millions. */
final class Check {

    private Check() {}

    static void that(boolean holds, String rule, long actual, long limit) {
        if (!holds) {
            throw new AssertionError(rule + ": " + actual + " (" + limit + ")");
        }
    }

    static void that(boolean holds, String rule, ScheduledRequest<?> request) {
        if (!holds) {
            throw new AssertionError(rule + ": request " + request.id());
        }
    }

    static void equal(String what, long actual, long expected) {
        if (actual != expected) {
            throw new AssertionError(what + " is " + actual + ", expected " + expected);
        }
    }
}
