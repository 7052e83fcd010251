package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PrefillTest {

    private final Harness harness = new Harness();

    @Test
    void prefill_nothingDecodesAndNoLimit_takesTheBatch() {
        harness.prefillTokens = 0;
        harness.offer(request(1).prompt(40));
        harness.step();
        assertThat(harness.entries()).containsExactly("p1/0@0+16");
        assertThat(harness.plan.entries().get(0).isLast()).isFalse();
        harness.step();
        harness.step();
        assertThat(harness.entries()).containsExactly("p1/0@32+8");
        assertThat(harness.plan.entries().get(0).isLast()).isTrue();
    }

    @Test
    void prefill_besideDecoding_isLimited() {
        harness.offer(request(1));
        harness.step();
        harness.offer(request(2).prompt(40));
        harness.prefillTokens = 5;
        harness.plan();
        assertThat(harness.entries()).containsExactly("1/0@4+1", "p2/0@0+5");
    }

    @Test
    void prefill_zeroTokensBesideDecoding_waits() {
        harness.offer(request(1).max(2));
        harness.step();
        harness.offer(request(2));
        harness.prefillTokens = 0;
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@4+1");
        harness.step();
        assertThat(harness.entries()).containsExactly("p2/0@0+4");
    }

    @Test
    void prefill_order_isPriorityThenFewestTokensThenArrival() {
        harness.offer(request(1).prompt(5));
        harness.offer(request(2).prompt(3));
        harness.offer(request(3).prompt(3));
        harness.offer(request(4).prompt(20).priority(1));
        harness.prefillTokens = 100;
        harness.step();
        assertThat(harness.entries()).containsExactly("p4/0@0+16");
        harness.step();
        assertThat(harness.entries()).containsExactly("p4/0@16+4", "p2/0@0+3", "p3/0@0+3", "p1/0@0+5");
    }

    @Test
    void prefill_wholePrompt_goesAllAtOnce() {
        harness.offer(request(1).prompt(10).promptOnly().whole());
        harness.offer(request(2).prompt(10).promptOnly().whole());
        harness.step();
        assertThat(harness.entries()).containsExactly("p1/0@0+10");
        harness.step();
        assertThat(harness.entries()).containsExactly("p2/0@0+10");
    }

    @Test
    void prefill_wholePromptFirstInOrder_mayExceedTheLimit() {
        harness.offer(request(1).max(20));
        harness.step();
        harness.offer(request(2).prompt(12).promptOnly().whole());
        harness.offer(request(3).prompt(13));
        harness.prefillTokens = 5;
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@4+1", "p2/0@0+12");
    }

    @Test
    void prefill_wholePromptWithoutRoom_getsItAfterSomeSteps() {
        ScheduledRequest<String> decoding = harness.offer(request(1).max(20));
        harness.step();
        ScheduledRequest<String> whole =
                harness.offer(request(2).prompt(16).promptOnly().whole());
        for (int i = 0; i < Harness.LIMITS.groupSteps(); i++) {
            harness.step();
            assertThat(harness.entries()).containsExactly("1/0@" + (4 + i) + "+1");
        }
        harness.step();
        assertThat(harness.entries()).containsExactly("p2/0@0+16");
        assertThat(whole.isEnded()).isTrue();
        harness.step();
        assertThat(harness.plan.entries().get(0).request()).isSameAs(decoding);
    }

    @Test
    void prefill_promptAlone_generatesNothing() {
        ScheduledRequest<String> request = harness.offer(request(1).promptOnly());
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        assertThat(request.isDecoding()).isFalse();
        assertThat(request.prefilled()).isEqualTo(4);
        assertThat(harness.plan().entries()).isEmpty();
    }

    @Test
    void prefill_tokensWithOutputs_areLimitedPerStep() {
        SchedulerConfig config = SchedulerConfig.builder(4, 64, 16)
                .queue(100)
                .agingNanos(1_000_000)
                .groupSteps(3)
                .outputs(5)
                .build();
        Harness few = new Harness(config);
        few.prefillTokens = 0;
        few.offer(request(1).prompt(10).promptOnly().outputsFrom(3));
        few.offer(request(2).prompt(20).promptOnly().outputsFrom(9));
        few.step();
        assertThat(few.entries()).containsExactly("p1/0@0+8", "p2/0@0+8");
        few.step();
        assertThat(few.entries()).containsExactly("p1/0@8+2", "p2/0@8+4");
        few.step();
        assertThat(few.entries()).containsExactly("p2/0@12+5");
        few.step();
        assertThat(few.entries()).containsExactly("p2/0@17+3");
    }

    @Test
    void prefill_noOutputsLeft_stillReadsWhatHasNone() {
        Harness few = new Harness(SchedulerConfig.builder(4, 64, 16)
                .queue(100)
                .agingNanos(1_000_000)
                .groupSteps(3)
                .outputs(2)
                .build());
        few.prefillTokens = 0;
        few.offer(request(1).prompt(3).promptOnly().outputsFrom(0));
        few.offer(request(2).prompt(4).promptOnly().outputsFrom(0));
        few.offer(request(3).prompt(20));
        few.step();
        assertThat(few.entries()).containsExactly("p1/0@0+2", "p3/0@0+14");
    }

    @Test
    void offer_outputsFromBehindThePrompt_throws() {
        assertThatThrownBy(() -> ScheduledRequest.builder(1)
                        .promptTokens(4)
                        .outputsFrom(5)
                        .build(""))
                .hasMessageContaining("outputsFrom is 5");
    }
}
