package dev.tokapu.engine.schedule;

import java.util.SplittableRandom;

/** Draws limits and the requests that arrive: now and then in bursts, of all kinds, some beyond the limits. */
final class SimulatedArrivals {

    private final SplittableRandom random;
    private final int tenants;
    private final int groups;
    private final int priorities;
    private final double deadlines;
    private final double promptOnly;
    private final double whole;
    private final double branched;
    private final double rate;
    private final int longest;
    private boolean burst;
    private long ids;

    SimulatedArrivals(SplittableRandom random) {
        this.random = random;
        this.tenants = 1 + random.nextInt(5);
        this.groups = random.nextBoolean() ? 1 : 1 + random.nextInt(4);
        this.priorities = 1 + random.nextInt(4);
        this.deadlines = random.nextInt(3) * 0.2;
        this.promptOnly = random.nextInt(3) * 0.3;
        this.whole = random.nextInt(3) * 0.2;
        this.branched = random.nextInt(3) * 0.25;
        this.rate = 0.02 + random.nextDouble() * 0.4;
        this.longest = 2 + random.nextInt(80);
    }

    int groups() {
        return groups;
    }

    SchedulerConfig config() {
        int slots = random.nextInt(8) == 0 ? 1 + random.nextInt(40) : 1 + random.nextInt(8);
        int slotTokens = 4 + random.nextInt(120);
        boolean shared = random.nextBoolean();
        int all = slots * slotTokens;
        int kvTokens = shared ? slotTokens + random.nextInt(all - slotTokens + 1) : all;
        int batchTokens = 1 + random.nextInt(random.nextBoolean() ? 8 : 64);
        return SchedulerConfig.builder(slots, slotTokens, batchTokens)
                .kvTokens(kvTokens)
                .shared(shared)
                .queue(random.nextInt(8) == 0 ? 500 : 1 + random.nextInt(30))
                .agingNanos(1 + random.nextInt(20_000))
                .groupSteps(1 + random.nextInt(6))
                .outputs(random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(20))
                .gap(random.nextBoolean() ? 0 : 1 + random.nextInt(6))
                .padding(random.nextBoolean() ? 0 : 1 + random.nextInt(12))
                .build();
    }

    /** How many requests arrive at this step. */
    int now() {
        if (random.nextInt(100) == 0) {
            burst = !burst;
        }
        double chance = burst ? rate * 4 : rate * 0.5;
        int requests = 0;
        while (requests < 5 && random.nextDouble() < chance) {
            requests++;
        }
        return requests;
    }

    SimulatedRequest next(SchedulerConfig config, long now) {
        long arrival = now - random.nextInt(3) * 10L;
        boolean timed = random.nextDouble() < deadlines;
        boolean alone = random.nextDouble() < promptOnly;
        boolean many = !alone && random.nextDouble() < branched;
        long seed = random.nextLong();
        ScheduledRequestBuilder request = ScheduledRequest.builder(++ids)
                .tenant(random.nextInt(tenants))
                .priority(random.nextInt(priorities))
                .time(arrival, timed ? arrival + random.nextInt(10_000) : Long.MAX_VALUE);
        int promptTokens = 1 + random.nextInt(longest);
        request.promptTokens(promptTokens)
                .maxTokens(random.nextInt(20) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(longest))
                .branches(many ? 1 + random.nextInt(5) : 1)
                .group(random.nextInt(groups))
                .promptOnly(alone)
                .whole(random.nextDouble() < whole);
        if (alone && random.nextBoolean()) {
            request.outputsFrom(random.nextInt(promptTokens + 1));
        }
        return new SimulatedRequest(seed, request, config);
    }
}
