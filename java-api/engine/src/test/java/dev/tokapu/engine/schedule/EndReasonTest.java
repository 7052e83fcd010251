package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EndReasonTest {

    private final Harness harness = new Harness();

    private void assertOneEnd(ScheduledRequest<String> request, EndReason reason) {
        assertThat(harness.plan.ends()).hasSize(1);
        assertThat(harness.plan.ends().get(0).request()).isSameAs(request);
        assertThat(harness.plan.ends().get(0).sequence()).isNull();
        assertThat(harness.plan.ends().get(0).reason()).isEqualTo(reason);
        assertThat(request.isEnded()).isTrue();
    }

    @Test
    void cancel_queuedRequest_endsInTheNextPlan() {
        ScheduledRequest<String> request = harness.offer(request(1));
        harness.scheduler.cancel(1);
        assertThat(request.isEnded()).isFalse();
        harness.plan();
        assertOneEnd(request, EndReason.CANCELLED);
        assertThat(harness.admitted()).isEmpty();
        assertThat(harness.scheduler.isIdle()).isTrue();
    }

    @Test
    void cancel_prefillingRequest_releasesItsSlotsInTheSamePlan() {
        ScheduledRequest<String> request = harness.offer(request(1).prompt(40).branches(2));
        harness.step();
        harness.scheduler.cancel(1);
        harness.plan();
        assertOneEnd(request, EndReason.CANCELLED);
        assertThat(harness.released()).containsExactlyInAnyOrder(0, 1);
        assertThat(harness.scheduler.freeSlots()).isEqualTo(4);
    }

    @Test
    void cancel_decodingRequest_freesItsSlotForTheSamePlan() {
        Harness one = new Harness(SchedulerConfig.builder(1, 64, 16)
                .queue(100)
                .agingNanos(1_000_000)
                .groupSteps(3)
                .build());
        one.offer(request(1));
        one.step();
        one.step();
        one.offer(request(2));
        one.scheduler.cancel(1);
        one.plan();
        assertThat(one.released()).containsExactly(0);
        assertThat(one.admitted()).containsExactly(2L);
        assertThat(one.entries()).containsExactly("p2/0@0+4");
    }

    @Test
    void cancel_whileTheStepIsComputed_waitsForTheNextPlan() {
        ScheduledRequest<String> request = harness.offer(request(1));
        harness.plan();
        harness.scheduler.cancel(1);
        harness.compute();
        assertThat(request.sequence(0).generated()).isEqualTo(1);
        harness.plan();
        assertOneEnd(request, EndReason.CANCELLED);
    }

    @Test
    void cancel_unknownRequestOrBranch_isIgnored() {
        harness.offer(request(1));
        harness.scheduler.cancel(2);
        harness.scheduler.cancel(2, 0);
        harness.scheduler.cancel(1, 1);
        harness.scheduler.cancel(1, -1);
        harness.plan();
        assertThat(harness.plan.ends()).isEmpty();
    }

    @Test
    void cancel_jobThatEndedMeanwhile_isNotListed() {
        ScheduledRequest<String> request = harness.offer(request(1).max(1));
        harness.plan();
        harness.scheduler.cancel(1);
        harness.compute();
        assertThat(request.isEnded()).isTrue();
        harness.plan();
        assertThat(harness.plan.ends()).isEmpty();
        assertThat(harness.released()).containsExactly(0);
    }

    @Test
    void cancel_oneBranch_leavesTheOthers() {
        ScheduledRequest<String> request = harness.offer(request(1).branches(2));
        harness.step();
        harness.scheduler.cancel(1, 0);
        harness.plan();
        assertThat(harness.plan.ends().get(0).sequence()).isSameAs(request.sequence(0));
        assertThat(harness.released()).containsExactly(0);
        assertThat(harness.entries()).containsExactly("1/1@4+1");
        assertThat(request.isEnded()).isFalse();
    }

    @Test
    void cancel_allBranches_endsTheRequest() {
        ScheduledRequest<String> request = harness.offer(request(1).branches(2));
        harness.step();
        harness.scheduler.cancel(1, 0);
        harness.scheduler.cancel(1, 1);
        harness.plan();
        assertThat(harness.plan.ends()).hasSize(2);
        assertThat(request.isEnded()).isTrue();
        assertThat(harness.scheduler.isIdle()).isTrue();
    }

    @Test
    void cancel_branchThatHoldsThePrompt_handsItOn() {
        harness.prefillTokens = 16;
        ScheduledRequest<String> request = harness.offer(request(1).prompt(20).branches(2));
        harness.step();
        harness.scheduler.cancel(1, 0);
        harness.plan();
        assertThat(harness.released()).containsExactly(1);
        assertThat(harness.entries()).containsExactly("p1/1@16+4");
        assertThat(request.sequence(1).slot()).isZero();
        assertThat(request.sequence(1).length()).isEqualTo(16);
    }

    @Test
    void deadline_queuedRequest_ends() {
        ScheduledRequest<String> request = harness.offer(request(1).deadline(1000));
        assertThat(harness.scheduler.nextDeadline()).isEqualTo(1000);
        harness.plan();
        assertOneEnd(request, EndReason.DEADLINE);
        assertThat(harness.scheduler.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void deadline_runningRequest_ends() {
        ScheduledRequest<String> request = harness.offer(request(1).deadline(1001));
        harness.step();
        assertThat(request.isDecoding()).isTrue();
        harness.now = 1001;
        harness.plan();
        assertOneEnd(request, EndReason.DEADLINE);
        assertThat(harness.released()).containsExactly(0);
    }

    @Test
    void done_lane_releasesItsSlotInTheNextPlanWithoutAnEnd() {
        ScheduledRequest<String> request = harness.offer(request(1));
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        harness.scheduler.sampled(request.sequence(0), 1, true);
        assertThat(request.isEnded()).isTrue();
        assertThat(harness.scheduler.isIdle()).isFalse();
        harness.plan();
        assertThat(harness.plan.ends()).isEmpty();
        assertThat(harness.released()).containsExactly(0);
        assertThat(harness.scheduler.isIdle()).isTrue();
    }

    @Test
    void done_oneBranchOfTwo_jobGoesOn() {
        ScheduledRequest<String> request = harness.offer(request(1).branches(2));
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        harness.scheduler.sampled(request.sequence(0), 1, true);
        harness.scheduler.sampled(request.sequence(1), 1, false);
        harness.plan();
        assertThat(request.isEnded()).isFalse();
        assertThat(harness.released()).containsExactly(0);
        assertThat(harness.entries()).containsExactly("1/1@4+1");
    }

    @Test
    void finished_promptAlone_endsIt() {
        ScheduledRequest<String> request = harness.offer(request(1).promptOnly());
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        assertThat(request.isEnded()).isFalse();
        assertThat(harness.scheduler.running()).isEqualTo(1);
        harness.scheduler.finished(request);
        assertThat(request.isEnded()).isTrue();
        harness.plan();
        assertThat(harness.released()).containsExactly(0);
    }

    @Test
    void finished_promptIncomplete_throws() {
        ScheduledRequest<String> request = harness.offer(request(1).promptOnly());
        assertThatThrownBy(() -> harness.scheduler.finished(request))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Request 1 has no results");
    }
}
