package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GapTest {

    private static Harness harness(int gap) {
        return new Harness(SchedulerConfig.builder(6, 64, 16)
                .queue(100)
                .agingNanos(1_000_000)
                .groupSteps(3)
                .gap(gap)
                .build());
    }

    /** Three that generate, in the first slots. */
    private static Harness three(int gap) {
        Harness harness = harness(gap);
        harness.prefillTokens = 16;
        for (int id = 1; id <= 3; id++) {
            harness.offer(request(id).prompt(1).max(40));
        }
        harness.step();
        return harness;
    }

    @Test
    void gap_emptySlotBetweenTwoThatGenerate_isBridged() {
        Harness harness = three(1);
        harness.scheduler.cancel(2);
        harness.step();
        assertThat(harness.plan.bridgedSlots().size()).isEqualTo(1);
        assertThat(harness.plan.bridgedSlots().get(0)).isEqualTo(1);
        assertThat(harness.plan.tokens()).isEqualTo(2);
    }

    @Test
    void gap_wide_stays() {
        Harness harness = three(1);
        harness.offer(request(4).prompt(1).max(40));
        harness.step();
        harness.scheduler.cancel(2);
        harness.scheduler.cancel(3);
        harness.step();
        assertThat(harness.plan.bridgedSlots().size()).isZero();
    }

    @Test
    void gap_promptThatWaitsInIt_isReadByOneToken() {
        Harness harness = three(1);
        harness.scheduler.cancel(2);
        harness.prefillTokens = 0;
        ScheduledRequest<String> waits = harness.offer(request(4).prompt(5).max(4));
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@1+1", "3/0@1+1", "p4/0@0+1");
        assertThat(harness.plan.gapTokens()).isEqualTo(1);
        assertThat(waits.prefilled()).isEqualTo(1);
    }

    @Test
    void gap_promptThatIsReadInTheStep_isNone() {
        Harness harness = three(1);
        harness.scheduler.cancel(2);
        harness.offer(request(4).prompt(5).max(4));
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@1+1", "3/0@1+1", "p4/0@0+5");
        assertThat(harness.plan.gapTokens()).isZero();
    }

    @Test
    void gap_sequenceOfAnotherGroup_stays() {
        Harness harness = harness(3);
        harness.prefillTokens = 16;
        harness.offer(request(1).prompt(1).max(40).group(7));
        harness.offer(request(2).prompt(1).max(40).group(8));
        harness.offer(request(3).prompt(1).max(40).group(7));
        for (int i = 0; i < 12; i++) {
            harness.step();
            assertThat(harness.plan.bridgedSlots().size() + harness.plan.gapTokens())
                    .isZero();
        }
    }

    @Test
    void gap_withoutBridges_staysAlways() {
        Harness harness = three(0);
        harness.scheduler.cancel(2);
        harness.step();
        assertThat(harness.plan.bridgedSlots().size()).isZero();
    }

    @Test
    void prefill_restOfAStepThatIsNotWorthAMicroBatch_isLeft() {
        Harness harness = harness(2); // parts of 8
        harness.prefillTokens = 12;
        harness.offer(request(1).prompt(6));
        ScheduledRequest<String> second = harness.offer(request(2).prompt(20));
        harness.step();
        assertThat(harness.entries()).containsExactly("p1/0@0+6");
        harness.step();
        assertThat(second.prefilled()).isEqualTo(12);
    }

    @Test
    void prefill_restOfAStepThatCompletesAPrompt_isUsed() {
        Harness harness = harness(2);
        harness.prefillTokens = 12;
        harness.offer(request(1).prompt(6));
        harness.offer(request(2).prompt(6));
        harness.step();
        assertThat(harness.entries()).containsExactly("p1/0@0+6", "p2/0@0+6");
    }
}
