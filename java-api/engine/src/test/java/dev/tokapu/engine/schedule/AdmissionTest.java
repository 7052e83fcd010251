package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdmissionTest {

    private final Harness harness = new Harness();

    private static SchedulerConfig config(int slots, int kvTokens, boolean shared) {
        return SchedulerConfig.builder(slots, 64, 16)
                .kvTokens(kvTokens)
                .shared(shared)
                .queue(100)
                .agingNanos(1_000_000)
                .groupSteps(3)
                .build();
    }

    @Test
    void admission_freeSlots_givesTheLowest() {
        ScheduledRequest<String> first = harness.offer(request(1));
        ScheduledRequest<String> second = harness.offer(request(2).branches(2));
        harness.plan();
        assertThat(harness.admitted()).containsExactly(1L, 2L);
        assertThat(first.sequence(0).slot()).isZero();
        assertThat(second.sequence(0).slot()).isEqualTo(1);
        assertThat(second.sequence(1).slot()).isEqualTo(2);
        assertThat(harness.scheduler.freeSlots()).isEqualTo(1);
    }

    @Test
    void admission_higherPriority_goesFirst() {
        harness.offer(request(1));
        harness.offer(request(2).priority(1));
        harness.plan();
        assertThat(harness.admitted()).containsExactly(2L, 1L);
    }

    @Test
    void admission_waiting_countsAsPriority() {
        harness.offer(request(2).priority(1).arrival(2_000_000));
        harness.offer(request(1).arrival(0));
        harness.now = 2_000_000;
        harness.plan();
        assertThat(harness.admitted()).containsExactly(1L, 2L);
    }

    @Test
    void admission_equalPriority_goesByArrivalThenId() {
        harness.offer(request(3).arrival(5));
        harness.offer(request(2).arrival(6));
        harness.offer(request(1).arrival(6));
        harness.plan();
        assertThat(harness.admitted()).containsExactly(3L, 1L, 2L);
    }

    @Test
    void admission_bestDoesNotFit_nobodyOvertakes() {
        harness.offer(request(1).branches(2));
        harness.plan();
        harness.compute();
        harness.offer(request(2).branches(3));
        harness.offer(request(3));
        harness.step();
        assertThat(harness.admitted()).isEmpty();
        assertThat(harness.scheduler.queued()).isEqualTo(2);
    }

    @Test
    void admission_blockedRequestIsCancelled_nextOneGoes() {
        harness.offer(request(1).branches(2));
        harness.step();
        harness.offer(request(2).branches(3));
        harness.offer(request(3));
        harness.step();
        harness.scheduler.cancel(2);
        harness.plan();
        assertThat(harness.admitted()).containsExactly(3L);
    }

    @Test
    void admission_branchOfBlockedRequestIsCancelled_itFits() {
        harness.offer(request(1).branches(2));
        harness.step();
        ScheduledRequest<String> blocked = harness.offer(request(2).branches(3));
        harness.step();
        harness.scheduler.cancel(2, 0);
        harness.plan();
        assertThat(harness.admitted()).containsExactly(2L);
        assertThat(blocked.sequence(0).slot()).isEqualTo(-1);
        assertThat(blocked.sequence(1).slot()).isEqualTo(2);
    }

    @Test
    void admission_splitKv_reservesEachBranchWithItsPrompt() {
        Harness split = new Harness(config(4, 100, false));
        split.offer(request(1).prompt(20).max(10).branches(3));
        split.offer(request(2).prompt(8).max(3));
        split.plan();
        assertThat(split.scheduler.kvReserved()).isEqualTo(90);
        assertThat(split.admitted()).containsExactly(1L);
    }

    @Test
    void admission_sharedKv_reservesThePromptOnce() {
        Harness unified = new Harness(config(4, 64, true));
        unified.offer(request(1).prompt(20).max(10).branches(3));
        unified.plan();
        assertThat(unified.scheduler.kvReserved()).isEqualTo(50);
    }

    @Test
    void admission_maxTokens_areCappedByTheSlot() {
        ScheduledRequest<String> request = harness.offer(request(1).prompt(60).max(Integer.MAX_VALUE));
        harness.runToEnd(request);
        assertThat(request.sequence(0).generated()).isEqualTo(4);
    }

    @Test
    void admission_laneEnds_itsReservationGoesWithItsSlot() {
        Harness unified = new Harness(config(4, 64, true));
        ScheduledRequest<String> request =
                unified.offer(request(1).prompt(20).max(10).branches(3));
        unified.step();
        unified.step();
        unified.scheduler.cancel(1, 1);
        unified.step();
        assertThat(unified.scheduler.kvReserved()).isEqualTo(40);
        unified.runToEnd(request);
        unified.step();
        assertThat(unified.scheduler.kvReserved()).isZero();
        assertThat(unified.scheduler.isIdle()).isTrue();
    }

    @Test
    void admission_leastServedTenant_goesFirst() {
        Harness one = new Harness(config(1, 64, false));
        ScheduledRequest<String> first = one.offer(request(1).tenant(1));
        one.offer(request(2).tenant(1));
        one.offer(request(3).tenant(2));
        one.runToEnd(first);
        one.step();
        assertThat(one.admitted()).containsExactly(3L);
    }

    @Test
    void admission_tenantWasAway_hasNoCredit() {
        Harness one = new Harness(config(1, 64, false));
        ScheduledRequest<String> first = one.offer(request(1).tenant(1));
        one.offer(request(2).tenant(1));
        ScheduledRequest<String> third = one.offer(request(3).tenant(1));
        one.runToEnd(first);
        one.offer(request(4).tenant(2).arrival(900));
        one.offer(request(5).tenant(2).arrival(901));
        one.step();
        assertThat(one.admitted()).containsExactly(2L);
        one.runToEnd(third);
        assertThat(one.scheduler.queued()).isEqualTo(1);
    }

    @Test
    void admission_branchIsCancelledTwice_blockedRequestKeepsItsTurn() {
        harness.offer(request(1).tenant(1).max(20).branches(2));
        harness.offer(request(2).tenant(1).branches(4));
        harness.offer(request(3).tenant(2));
        harness.scheduler.cancel(2, 3);
        harness.step();
        harness.step();
        assertThat(harness.scheduler.queued()).isEqualTo(2);
        harness.scheduler.cancel(2, 3);
        harness.step();
        assertThat(harness.admitted()).isEmpty();
    }
}
