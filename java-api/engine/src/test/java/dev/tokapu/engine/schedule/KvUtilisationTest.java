package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How much of a unified KV cache live requests use while others wait, though answers may be much longer than most are. */
class KvUtilisationTest {

    private static final int KV = 16_384;
    private static final int SLOT = 4_096;
    private static final int STEPS = 6_000;
    private static final int WARM_UP = 1_000;

    private final SplittableRandom random = new SplittableRandom(7);
    private final Scheduler<String> scheduler = new Scheduler<>(SchedulerConfig.builder(128, SLOT, 512)
            .kvTokens(KV)
            .shared(true)
            .queue(64)
            .agingNanos(1_000_000_000)
            .prefixCache(160, 16, true)
            .build());
    private final Plan<String> plan = new Plan<>();
    private final Map<ScheduledRequest<?>, Integer> answers = new HashMap<>(); // their lengths
    private int ids;
    private int preempted;
    private int ended;

    private int length(int mean) {
        return 1 + (int) Math.min(4.0 * mean, -mean * Math.log(1 - random.nextDouble()));
    }

    private void offer() {
        int[] prompt = new int[length(220)];
        prompt[0] = ++ids;
        ScheduledRequest<String> request = ScheduledRequest.builder(ids)
                .maxTokens(1024)
                .time(ids, Long.MAX_VALUE)
                .prefix(new PrefixScope("", "tenant"), prompt)
                .build("");
        assertThat(scheduler.offer(request)).isNull();
        answers.put(request, length(190));
    }

    private void step(int now) {
        while (scheduler.queued() < 32) {
            offer();
        }
        scheduler.plan(now, 256, plan);
        preempted += plan.preempted().size();
        scheduler.decoded(plan);
        for (PlanEntry<String> entry : plan.entries()) {
            if (!entry.isPrefill() || entry.isLast()) {
                ScheduledSequence<String> sequence = entry.sequence();
                sequence.chosen(1);
                boolean last = sequence.generated() + 1 >= answers.get(sequence.request());
                scheduler.sampled(sequence, 1, last);
                ended += last ? 1 : 0;
            }
        }
    }

    /** Cells of live requests; prompts have nothing in common. */
    private long live() {
        answers.keySet().removeIf(ScheduledRequest::isEnded);
        return answers.keySet().stream()
                .mapToLong(request -> Math.max(0, request.sequence(0).length))
                .sum();
    }

    @Test
    void liveRequests_whileOthersWait_useMostOfTheKvCache() {
        double used = 0;
        for (int step = 0; step < STEPS; step++) {
            step(step);
            used += step < WARM_UP ? 0 : (double) live() / KV;
        }
        assertThat(used / (STEPS - WARM_UP))
                .as("part of the KV cache, on average")
                .isGreaterThan(0.9);
        assertThat(preempted).as("preempted, of " + ended + " that ended").isLessThan(ended / 10);
    }
}
