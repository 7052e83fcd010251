package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.engine.schedule.SchedulerConfig;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class PrefillCostTest {

    private static final int CHUNK = 100;
    private static final int PROMPT = 4000;

    /** Measures a prompt whose tokens take so many nanoseconds, by position. */
    private static PrefillCost measured(int least, IntToDoubleFunction nanos) {
        PrefillCost cost = new PrefillCost(least);
        Scheduler<String> scheduler = new Scheduler<>(
                SchedulerConfig.builder(1, PROMPT + 10, CHUNK).queue(2).build());
        scheduler.offer(ScheduledRequest.builder(1).promptTokens(PROMPT).build(""));
        Plan<String> plan = new Plan<>();
        for (int from = 0; from < PROMPT; from += CHUNK) {
            scheduler.plan(0, CHUNK, plan);
            cost.computed(plan, (long) (CHUNK * nanos.applyAsDouble(from + CHUNK / 2)));
            scheduler.decoded(plan);
        }
        return cost;
    }

    @Test
    void attention_costThatGrows_isWhereItHasDoubled() {
        assertThat(measured(CHUNK, position -> 1000 + position / 3.0).attention())
                .isCloseTo(3000, within(30.0));
    }

    @Test
    void attention_costThatDoesNotGrow_isFarAway() {
        assertThat(measured(CHUNK, position -> 1000).attention()).isGreaterThan(100_000);
    }

    @Test
    void attention_stepsThatAreTooShort_isUnknown() {
        assertThat(measured(CHUNK + 1, position -> 1000 + position).attention()).isZero();
    }

    @Test
    void attention_beforeAnyStep_isUnknown() {
        assertThat(new PrefillCost(1).attention()).isZero();
    }
}
