package dev.tokapu.internal.schedule;

import static dev.tokapu.internal.schedule.Jobs.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EndTest {

    private final Harness harness = new Harness();

    private void assertOneEnd(Job job, End reason) {
        assertThat(harness.plan.ends()).isEqualTo(1);
        assertThat(harness.plan.endedJob(0)).isSameAs(job);
        assertThat(harness.plan.endedLane(0)).isNull();
        assertThat(harness.plan.endReason(0)).isEqualTo(reason);
        assertThat(job.isEnded()).isTrue();
    }

    @Test
    void cancel_queuedJob_endsInTheNextPlan() {
        Job job = harness.offer(job(1));
        harness.scheduler.cancel(1);
        assertThat(job.isEnded()).isFalse();
        harness.plan();
        assertOneEnd(job, End.CANCELLED);
        assertThat(harness.admitted()).isEmpty();
        assertThat(harness.scheduler.isIdle()).isTrue();
    }

    @Test
    void cancel_prefillingJob_releasesItsSlotsInTheSamePlan() {
        Job job = harness.offer(job(1).prompt(40).branches(2));
        harness.step();
        harness.scheduler.cancel(1);
        harness.plan();
        assertOneEnd(job, End.CANCELLED);
        assertThat(harness.released()).containsExactlyInAnyOrder(0, 1);
        assertThat(harness.scheduler.freeSlots()).isEqualTo(4);
    }

    @Test
    void cancel_decodingJob_freesItsSlotForTheSamePlan() {
        Harness one = new Harness(new Limits(1, 64, 64, false, 16, 100, 1_000_000, 3));
        one.offer(job(1));
        one.step();
        one.step();
        one.offer(job(2));
        one.scheduler.cancel(1);
        one.plan();
        assertThat(one.released()).containsExactly(0);
        assertThat(one.admitted()).containsExactly(2L);
        assertThat(one.entries()).containsExactly("p2/0@0+4");
    }

    @Test
    void cancel_whileTheStepIsComputed_waitsForTheNextPlan() {
        Job job = harness.offer(job(1));
        harness.plan();
        harness.scheduler.cancel(1);
        harness.compute();
        assertThat(job.lane(0).generated()).isEqualTo(1);
        harness.plan();
        assertOneEnd(job, End.CANCELLED);
    }

    @Test
    void cancel_unknownJobOrBranch_isIgnored() {
        harness.offer(job(1));
        harness.scheduler.cancel(2);
        harness.scheduler.cancel(2, 0);
        harness.scheduler.cancel(1, 1);
        harness.scheduler.cancel(1, -1);
        harness.plan();
        assertThat(harness.plan.ends()).isZero();
    }

    @Test
    void cancel_jobThatEndedMeanwhile_isNotListed() {
        Job job = harness.offer(job(1).max(1));
        harness.plan();
        harness.scheduler.cancel(1);
        harness.compute();
        assertThat(job.isEnded()).isTrue();
        harness.plan();
        assertThat(harness.plan.ends()).isZero();
        assertThat(harness.released()).containsExactly(0);
    }

    @Test
    void cancel_oneBranch_leavesTheOthers() {
        Job job = harness.offer(job(1).branches(2));
        harness.step();
        harness.scheduler.cancel(1, 0);
        harness.plan();
        assertThat(harness.plan.endedLane(0)).isSameAs(job.lane(0));
        assertThat(harness.released()).containsExactly(0);
        assertThat(harness.entries()).containsExactly("1/1@4+1");
        assertThat(job.isEnded()).isFalse();
    }

    @Test
    void cancel_allBranches_endsTheJob() {
        Job job = harness.offer(job(1).branches(2));
        harness.step();
        harness.scheduler.cancel(1, 0);
        harness.scheduler.cancel(1, 1);
        harness.plan();
        assertThat(harness.plan.ends()).isEqualTo(2);
        assertThat(job.isEnded()).isTrue();
        assertThat(harness.scheduler.isIdle()).isTrue();
    }

    @Test
    void cancel_branchThatHoldsThePrompt_handsItOn() {
        harness.prefillTokens = 16;
        Job job = harness.offer(job(1).prompt(20).branches(2));
        harness.step();
        harness.scheduler.cancel(1, 0);
        harness.plan();
        assertThat(harness.released()).containsExactly(1);
        assertThat(harness.entries()).containsExactly("p1/1@16+4");
        assertThat(job.lane(1).slot()).isZero();
        assertThat(job.lane(1).length()).isEqualTo(16);
    }

    @Test
    void deadline_queuedJob_ends() {
        Job job = harness.offer(job(1).deadline(1000));
        assertThat(harness.scheduler.nextDeadline()).isEqualTo(1000);
        harness.plan();
        assertOneEnd(job, End.DEADLINE);
        assertThat(harness.scheduler.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void deadline_runningJob_ends() {
        Job job = harness.offer(job(1).deadline(1001));
        harness.step();
        assertThat(job.isDecoding()).isTrue();
        harness.now = 1001;
        harness.plan();
        assertOneEnd(job, End.DEADLINE);
        assertThat(harness.released()).containsExactly(0);
    }

    @Test
    void done_lane_releasesItsSlotInTheNextPlanWithoutAnEnd() {
        Job job = harness.offer(job(1));
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        harness.scheduler.sampled(job.lane(0), 1, true);
        assertThat(job.isEnded()).isTrue();
        assertThat(harness.scheduler.isIdle()).isFalse();
        harness.plan();
        assertThat(harness.plan.ends()).isZero();
        assertThat(harness.released()).containsExactly(0);
        assertThat(harness.scheduler.isIdle()).isTrue();
    }

    @Test
    void done_oneBranchOfTwo_jobGoesOn() {
        Job job = harness.offer(job(1).branches(2));
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        harness.scheduler.sampled(job.lane(0), 1, true);
        harness.scheduler.sampled(job.lane(1), 1, false);
        harness.plan();
        assertThat(job.isEnded()).isFalse();
        assertThat(harness.released()).containsExactly(0);
        assertThat(harness.entries()).containsExactly("1/1@4+1");
    }

    @Test
    void finished_promptAlone_endsIt() {
        Job job = harness.offer(job(1).promptOnly());
        harness.plan();
        harness.scheduler.decoded(harness.plan);
        assertThat(job.isEnded()).isFalse();
        assertThat(harness.scheduler.running()).isEqualTo(1);
        harness.scheduler.finished(job);
        assertThat(job.isEnded()).isTrue();
        harness.plan();
        assertThat(harness.released()).containsExactly(0);
    }

    @Test
    void finished_promptIncomplete_throws() {
        Job job = harness.offer(job(1).promptOnly());
        assertThatThrownBy(() -> harness.scheduler.finished(job))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Job 1 has no results");
    }
}
