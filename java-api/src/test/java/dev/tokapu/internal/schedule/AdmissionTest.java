package dev.tokapu.internal.schedule;

import static dev.tokapu.internal.schedule.Jobs.job;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdmissionTest {

    private final Harness harness = new Harness();

    private static Limits limits(int slots, int kvTokens, boolean shared) {
        return new Limits(slots, 64, kvTokens, shared, 16, 100, 1_000_000, 3);
    }

    @Test
    void admission_freeSlots_givesTheLowest() {
        Job first = harness.offer(job(1));
        Job second = harness.offer(job(2).branches(2));
        harness.plan();
        assertThat(harness.admitted()).containsExactly(1L, 2L);
        assertThat(first.lane(0).slot()).isZero();
        assertThat(second.lane(0).slot()).isEqualTo(1);
        assertThat(second.lane(1).slot()).isEqualTo(2);
        assertThat(harness.scheduler.freeSlots()).isEqualTo(1);
    }

    @Test
    void admission_higherPriority_goesFirst() {
        harness.offer(job(1));
        harness.offer(job(2).priority(1));
        harness.plan();
        assertThat(harness.admitted()).containsExactly(2L, 1L);
    }

    @Test
    void admission_waiting_countsAsPriority() {
        harness.offer(job(2).priority(1).arrival(2_000_000));
        harness.offer(job(1).arrival(0));
        harness.now = 2_000_000;
        harness.plan();
        assertThat(harness.admitted()).containsExactly(1L, 2L);
    }

    @Test
    void admission_equalPriority_goesByArrivalThenId() {
        harness.offer(job(3).arrival(5));
        harness.offer(job(2).arrival(6));
        harness.offer(job(1).arrival(6));
        harness.plan();
        assertThat(harness.admitted()).containsExactly(3L, 1L, 2L);
    }

    @Test
    void admission_bestDoesNotFit_nobodyOvertakes() {
        harness.offer(job(1).branches(2));
        harness.plan();
        harness.compute();
        harness.offer(job(2).branches(3));
        harness.offer(job(3));
        harness.step();
        assertThat(harness.admitted()).isEmpty();
        assertThat(harness.scheduler.queued()).isEqualTo(2);
    }

    @Test
    void admission_blockedJobIsCancelled_nextOneGoes() {
        harness.offer(job(1).branches(2));
        harness.step();
        harness.offer(job(2).branches(3));
        harness.offer(job(3));
        harness.step();
        harness.scheduler.cancel(2);
        harness.plan();
        assertThat(harness.admitted()).containsExactly(3L);
    }

    @Test
    void admission_branchOfBlockedJobIsCancelled_itFits() {
        harness.offer(job(1).branches(2));
        harness.step();
        Job blocked = harness.offer(job(2).branches(3));
        harness.step();
        harness.scheduler.cancel(2, 0);
        harness.plan();
        assertThat(harness.admitted()).containsExactly(2L);
        assertThat(blocked.lane(0).slot()).isEqualTo(-1);
        assertThat(blocked.lane(1).slot()).isEqualTo(2);
    }

    @Test
    void admission_splitKv_reservesEachBranchWithItsPrompt() {
        Harness split = new Harness(limits(4, 100, false));
        split.offer(job(1).prompt(20).max(10).branches(3));
        split.offer(job(2).prompt(8).max(3));
        split.plan();
        assertThat(split.scheduler.kvReserved()).isEqualTo(90);
        assertThat(split.admitted()).containsExactly(1L);
    }

    @Test
    void admission_sharedKv_reservesThePromptOnce() {
        Harness unified = new Harness(limits(4, 64, true));
        unified.offer(job(1).prompt(20).max(10).branches(3));
        unified.plan();
        assertThat(unified.scheduler.kvReserved()).isEqualTo(50);
    }

    @Test
    void admission_maxTokens_areCappedByTheSlot() {
        Job job = harness.offer(job(1).prompt(60).max(Integer.MAX_VALUE));
        harness.runToEnd(job);
        assertThat(job.lane(0).generated()).isEqualTo(4);
    }

    @Test
    void admission_laneEnds_itsReservationGoesWithItsSlot() {
        Harness unified = new Harness(limits(4, 64, true));
        Job job = unified.offer(job(1).prompt(20).max(10).branches(3));
        unified.step();
        unified.step();
        unified.scheduler.cancel(1, 1);
        unified.step();
        assertThat(unified.scheduler.kvReserved()).isEqualTo(40);
        unified.runToEnd(job);
        unified.step();
        assertThat(unified.scheduler.kvReserved()).isZero();
        assertThat(unified.scheduler.isIdle()).isTrue();
    }

    @Test
    void admission_leastServedTenant_goesFirst() {
        Harness one = new Harness(limits(1, 64, false));
        Job first = one.offer(job(1).tenant(1));
        one.offer(job(2).tenant(1));
        one.offer(job(3).tenant(2));
        one.runToEnd(first);
        one.step();
        assertThat(one.admitted()).containsExactly(3L);
    }

    @Test
    void admission_tenantWasAway_hasNoCredit() {
        Harness one = new Harness(limits(1, 64, false));
        Job first = one.offer(job(1).tenant(1));
        one.offer(job(2).tenant(1));
        Job third = one.offer(job(3).tenant(1));
        one.runToEnd(first);
        one.offer(job(4).tenant(2).arrival(900));
        one.offer(job(5).tenant(2).arrival(901));
        one.step();
        assertThat(one.admitted()).containsExactly(2L);
        one.runToEnd(third);
        assertThat(one.scheduler.queued()).isEqualTo(1);
    }

    @Test
    void admission_branchIsCancelledTwice_blockedJobKeepsItsTurn() {
        harness.offer(job(1).tenant(1).max(20).branches(2));
        harness.offer(job(2).tenant(1).branches(4));
        harness.offer(job(3).tenant(2));
        harness.scheduler.cancel(2, 3);
        harness.step();
        harness.step();
        assertThat(harness.scheduler.queued()).isEqualTo(2);
        harness.scheduler.cancel(2, 3);
        harness.step();
        assertThat(harness.admitted()).isEmpty();
    }
}
