package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PadTest {

    private static SchedulerConfig config(int slotTokens, int gap, int padding) {
        return SchedulerConfig.builder(4, slotTokens, 16)
                .queue(100)
                .agingNanos(1_000_000)
                .groupSteps(3)
                .gap(gap)
                .padding(padding)
                .build();
    }

    /** One that generates, beside a prompt of which a step reads so much. */
    private static Harness one(SchedulerConfig config, int piece) {
        Harness harness = new Harness(config);
        harness.offer(request(1).prompt(1).max(20));
        harness.step();
        harness.prefillTokens = piece;
        harness.offer(request(2).prompt(20).max(1));
        harness.step();
        return harness;
    }

    @Test
    void pad_pieceOfAPromptBesideAnAnswer_isTheWidthOfBoth() {
        Harness harness = one(config(64, 0, 8), 4);
        assertThat(harness.entries()).containsExactly("1/0@1+1", "p2/0@0+4");
        assertThat(harness.plan.width()).isEqualTo(4);
        assertThat(harness.plan.tokens()).isEqualTo(5);
    }

    @Test
    void pad_largerPieceThanItIsWorth_none() {
        assertThat(one(config(64, 0, 2), 4).plan.width()).isZero();
    }

    @Test
    void pad_oneToken_needsNone() {
        assertThat(one(config(64, 0, 8), 1).plan.width()).isZero();
    }

    @Test
    void pad_answerAtTheEndOfItsSequence_wouldOverflowIt() {
        Harness harness = one(config(22, 0, 8), 2);
        int padded = 0;
        while (harness.plan.width() > 0) {
            padded = harness.plan.entries().get(0).from() + harness.plan.width();
            harness.step();
        }
        assertThat(harness.entries()).containsExactly("1/0@11+1");
        assertThat(padded).isEqualTo(12);
    }

    @Test
    void pad_gapThatIsBridged_isPaddedToo() {
        Harness harness = new Harness(config(64, 1, 6));
        harness.offer(request(1).prompt(1).max(20));
        harness.offer(request(2).prompt(1).max(20));
        harness.step();
        harness.prefillTokens = 4;
        harness.offer(request(3).prompt(20).max(1));
        harness.step();
        harness.scheduler.cancel(2);
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@2+1", "p3/0@4+4");
        assertThat(harness.plan.bridgedSlots().size()).isEqualTo(1);
        assertThat(harness.plan.width()).isEqualTo(4);
    }

    @Test
    void pad_gapThatIsTooWide_none() {
        Harness harness = new Harness(config(64, 0, 6));
        harness.offer(request(1).prompt(1).max(20));
        harness.offer(request(2).prompt(1).max(20));
        harness.step();
        harness.prefillTokens = 4;
        harness.offer(request(3).prompt(20).max(1));
        harness.step();
        harness.scheduler.cancel(2);
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@2+1", "p3/0@4+4");
        assertThat(harness.plan.width()).isZero();
    }

    @Test
    void pad_twoPrompts_none() {
        Harness harness = new Harness(config(64, 0, 8));
        harness.offer(request(1).prompt(1).max(20));
        harness.step();
        harness.prefillTokens = 8;
        harness.offer(request(2).prompt(4).max(1));
        harness.offer(request(3).prompt(4).max(1));
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@1+1", "p2/0@0+4", "p3/0@0+4");
        assertThat(harness.plan.width()).isZero();
    }
}
