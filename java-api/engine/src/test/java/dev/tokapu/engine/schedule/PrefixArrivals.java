package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.PrefixScope;
import java.util.SplittableRandom;

/** Draws the requests that arrive in a {@link PrefixWorld}. */
final class PrefixArrivals {

    private final SplittableRandom random;
    private final double longAnswers;
    private final int longest;
    private final RandomPrompts prompts;

    PrefixArrivals(SplittableRandom random, int slotTokens) {
        this.random = random;
        this.longAnswers = random.nextDouble();
        this.longest = slotTokens / (2 + random.nextInt(4));
        this.prompts = new RandomPrompts(random, longest);
    }

    RandomPrompts prompts() {
        return prompts;
    }

    SimulatedAnswers next(int id, int tenant, int[] prompt, long now) {
        boolean everybody = tenant == 0;
        int branches = random.nextInt(6) == 0 ? 1 + random.nextInt(3) : 1;
        boolean alone = branches == 1 && random.nextInt(8) == 0;
        ScheduledRequestBuilder builder = ScheduledRequest.builder(id)
                .tenant(tenant)
                .priority(random.nextInt(3))
                .time(now, random.nextInt(20) == 0 ? now + random.nextInt(3000) : Long.MAX_VALUE)
                .maxTokens(1 + random.nextInt(2 * longest))
                .branches(branches)
                .promptOnly(alone)
                .group(prompt[0] % 2)
                .pins(everybody && alone)
                .prefix(new PrefixScope(prompt[0] % 2, everybody ? PrefixScope.EVERYBODY : tenant), prompt);
        if (random.nextInt(5) == 0) {
            builder.activation(random.nextInt(prompt.length), 2);
        }
        if (alone && random.nextBoolean()) {
            builder.outputsFrom(random.nextInt(prompt.length + 1));
        }
        SimulatedAnswers simulated = new SimulatedAnswers(tenant, prompt, builder);
        simulated.end = random.nextDouble() < longAnswers ? 97 : 2;
        return simulated;
    }
}
