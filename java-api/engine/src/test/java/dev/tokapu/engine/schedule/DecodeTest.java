package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DecodeTest {

    private final Harness harness = new Harness();

    private static Harness withBatch(int batchTokens) {
        return new Harness(SchedulerConfig.builder(4, 64, batchTokens)
                .queue(100)
                .agingNanos(1_000_000)
                .groupSteps(3)
                .build());
    }

    @Test
    void decode_afterThePrompt_continuesAtItsEnd() {
        ScheduledRequest<String> request = harness.offer(request(1));
        harness.step();
        assertThat(harness.entries()).containsExactly("p1/0@0+4");
        assertThat(request.isDecoding()).isTrue();
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@4+1");
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@5+1");
    }

    @Test
    void decode_allTokensGenerated_endsTheSequence() {
        ScheduledRequest<String> request = harness.offer(request(1).max(3));
        harness.runToEnd(request);
        assertThat(request.sequence(0).generated()).isEqualTo(3);
        assertThat(request.sequence(0).length()).isEqualTo(6);
    }

    @Test
    void decode_comesBeforePrompts() {
        harness.offer(request(1));
        harness.step();
        harness.offer(request(2).prompt(20));
        harness.plan();
        assertThat(harness.entries()).containsExactly("1/0@4+1", "p2/0@0+8");
        assertThat(harness.plan.decodeEntries()).isEqualTo(1);
        assertThat(harness.plan.tokens()).isEqualTo(9);
        assertThat(harness.plan.entries().get(0).isPrefill()).isFalse();
        assertThat(harness.plan.entries().get(1).isPrefill()).isTrue();
    }

    @Test
    void decode_branches_shareOnePrompt() {
        ScheduledRequest<String> request = harness.offer(request(1).branches(2));
        harness.step();
        assertThat(harness.entries()).containsExactly("p1/0@0+4");
        assertThat(request.sequence(1).length()).isEqualTo(4);
        harness.step();
        assertThat(harness.entries()).containsExactly("1/0@4+1", "1/1@4+1");
        assertThat(harness.scheduler.decoding()).isEqualTo(2);
    }

    @Test
    void decode_drafts_rejectedOnesLeaveTheSequence() {
        ScheduledRequest<String> request = harness.offer(request(1).max(10));
        harness.step();
        request.sequence(0).drafts(3);
        harness.plan();
        assertThat(harness.entries()).containsExactly("1/0@4+4");
        harness.scheduler.decoded(harness.plan);
        harness.scheduler.sampled(request.sequence(0), 2, false);
        assertThat(request.sequence(0).length()).isEqualTo(6);
        assertThat(request.sequence(0).generated()).isEqualTo(3);
        harness.plan();
        assertThat(harness.entries()).containsExactly("1/0@6+1");
    }

    @Test
    void decode_drafts_stopAtTheLastToken() {
        ScheduledRequest<String> request = harness.offer(request(1).max(3));
        harness.step();
        request.sequence(0).drafts(100);
        harness.plan();
        assertThat(harness.entries()).containsExactly("1/0@4+2");
    }

    @Test
    void decode_moreSequencesThanTokens_rotates() {
        Harness narrow = withBatch(3);
        narrow.offer(request(1).prompt(1).max(20).branches(4));
        narrow.step();
        narrow.step();
        assertThat(narrow.entries()).containsExactly("1/0@1+1", "1/1@1+1", "1/2@1+1");
        narrow.step();
        assertThat(narrow.entries()).containsExactly("1/3@1+1", "1/0@2+1", "1/1@2+1");
    }

    @Test
    void decode_draftsBeyondTheBatch_nextTokensGoFirst() {
        Harness narrow = withBatch(4);
        ScheduledRequest<String> first = narrow.offer(request(1).prompt(2).max(20));
        ScheduledRequest<String> second = narrow.offer(request(2).prompt(2).max(20));
        narrow.step();
        first.sequence(0).drafts(3);
        second.sequence(0).drafts(3);
        narrow.plan();
        assertThat(narrow.entries()).containsExactly("1/0@2+3", "2/0@2+1");
        narrow.scheduler.failed(narrow.plan);
        narrow.plan();
        assertThat(narrow.entries()).containsExactly("2/0@2+3", "1/0@2+1");
    }

    @Test
    void decode_failedStep_isPlannedAgain() {
        ScheduledRequest<String> request = harness.offer(request(1));
        harness.plan();
        harness.scheduler.failed(harness.plan);
        assertThat(request.prefilled()).isZero();
        harness.step();
        assertThat(harness.entries()).containsExactly("p1/0@0+4");
        harness.plan();
        harness.scheduler.failed(harness.plan);
        harness.plan();
        assertThat(harness.entries()).containsExactly("1/0@4+1");
    }

    @Test
    void decode_laneNotSampled_waits() {
        ScheduledRequest<String> request = harness.offer(request(1));
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        assertThat(harness.plan().entries()).isEmpty();
        harness.scheduler.sampled(request.sequence(0), 1, false);
        assertThat(harness.plan().entries()).hasSize(1);
    }

    @Test
    void plan_lastOneStillComputed_throws() {
        harness.offer(request(1));
        harness.plan();
        assertThatThrownBy(harness::plan)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("decoded() or failed()");
    }

    @Test
    void decoded_twice_throws() {
        harness.offer(request(1));
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        assertThatThrownBy(() -> harness.scheduler.decoded(harness.plan)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sampled_moreThanComputed_throws() {
        ScheduledRequest<String> request = harness.offer(request(1));
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        assertThatThrownBy(() -> harness.scheduler.sampled(request.sequence(0), 2, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("accepted is 2");
    }

    @Test
    void sampled_twice_throws() {
        ScheduledRequest<String> request = harness.offer(request(1));
        harness.step();
        assertThatThrownBy(() -> harness.scheduler.sampled(request.sequence(0), 1, false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing to sample");
    }

    @Test
    void plan_negativePrefillTokens_throws() {
        harness.prefillTokens = -1;
        assertThatThrownBy(harness::plan).hasMessageContaining("prefillTokens is -1");
    }
}
