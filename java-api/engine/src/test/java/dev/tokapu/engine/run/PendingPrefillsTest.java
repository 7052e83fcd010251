package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.engine.schedule.SchedulerConfig;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PendingPrefillsTest {

    private static final int MOST = 30; // prompt tokens of a step

    private final Scheduler<String> scheduler = new Scheduler<>(SchedulerConfig.builder(4, 128, 128)
            .queue(10)
            .prefixCache(4, 4, true)
            .build());
    private final Plan<String> plan = new Plan<>();
    private final PendingPrefills pending = new PendingPrefills();
    private long time;

    private ScheduledRequest<String> offer(int tokens) {
        int[] prompt = new int[tokens];
        Arrays.setAll(prompt, i -> i);
        ScheduledRequest<String> request = ScheduledRequest.builder(++time)
                .maxTokens(8)
                .promptOnly(true)
                .prefix(new PrefixScope("", "tenant"), prompt)
                .build("");
        assertThat(scheduler.offer(request)).isNull();
        return request;
    }

    private void plan(int prefillTokens) {
        scheduler.plan(++time, prefillTokens, plan);
        plan.admitted().forEach(pending::admit);
    }

    @Test
    void tokens_ofAPromptLongerThanAStep_areNotCounted() {
        offer(60);
        plan(0);
        assertThat(pending.requests()).isEqualTo(1);
        assertThat(pending.tokens(MOST)).isZero();
    }

    /** Such a prompt was cut into small chunks, as if all of it had to be computed. */
    @Test
    void tokens_ofALongPromptWhoseBeginningIsKept_areTheRest() {
        ScheduledRequest<String> first = offer(40);
        plan(64);
        scheduler.decoded(plan);
        scheduler.finished(first);
        plan(0);
        assertThat(pending.tokens(MOST)).isZero();
        offer(60);
        plan(0);
        assertThat(pending.requests()).isEqualTo(1);
        assertThat(pending.tokens(MOST)).isEqualTo(20);
    }
}
