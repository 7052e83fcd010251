package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.schedule.Harness.State;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies to host memory and back that take some steps of somebody who listens. */
class SavesBesideStepsTest extends SavesScene {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void request_whoseRoomIsSavedBesideAnAnswer_waitsAndTheAnswerGoesOn(boolean shared) {
        start(shared);
        ScheduledRequest<String> request = listened();
        assertThat(step()).containsExactly(KvOperation.Kind.SAVE);
        for (int i = 0; i < 3; i++) {
            assertThat(step()).isEmpty();
            assertThat(harness.plan.entries()).hasSize(1);
            assertThat(request.isQueued()).isTrue();
            assertThat(harness.scheduler.awaitingSaves()).isEqualTo(1);
        }
        saved();
        assertThat(step()).containsExactly(KvOperation.Kind.CLEAR);
        assertThat(request.isQueued()).isFalse();
        assertThat(harness.scheduler.awaitingSaves()).isZero();
        assertThat(harness.scheduler.tiers().size()).isEqualTo(1);
    }

    @Test
    void requests_thatWaitForAnswersToEnd_awaitNoSaves() {
        listened();
        step();
        saved();
        step();
        offer(3, 2);
        offer(4, 2);
        step();
        assertThat(harness.scheduler.freeSlots()).isZero();
        assertThat(harness.scheduler.queued()).isEqualTo(2);
        assertThat(harness.scheduler.awaitingSaves()).isZero();
    }

    @Test
    void request_withNobodyBesideIt_getsItsRoomAtOnce() {
        answer(1);
        answer(3);
        offer(2, 2);
        assertThat(step()).containsSubsequence(KvOperation.Kind.SAVE, KvOperation.Kind.CLEAR);
    }

    @Test
    void save_thatFails_holdsNobodyUp() {
        ScheduledRequest<String> request = listened();
        step();
        harness.scheduler.tiers().saved(saving.remove(0), null);
        assertThat(step()).containsExactly(KvOperation.Kind.CLEAR);
        assertThat(request.isQueued()).isFalse();
        assertThat(harness.scheduler.tiers().size()).isZero();
    }

    @Test
    void request_thatContinuesWhatIsBeingSaved_takesItOver() {
        listened();
        step();
        harness.scheduler.cancel(ids - 1);
        int[] prompt = new int[PROMPT + 5];
        Arrays.fill(prompt, 0, PROMPT, 1);
        ScheduledRequest<String> next = ScheduledRequest.builder(ids++)
                .maxTokens(2)
                .prefix(scope, prompt)
                .build("");
        assertThat(harness.scheduler.offer(next)).isNull();
        assertThat(step()).isEmpty();
        assertThat(next.isQueued()).isFalse();
        assertThat(next.cachedTokens()).isEqualTo(PROMPT);
        saved();
        assertThat(harness.scheduler.tiers().size()).isEqualTo(1);
    }

    /** It took a slot, with nothing in it, until it was unpinned. */
    @Test
    void pinnedPrompt_thatIsCancelledBeforeAnyOfItIsComputed_isNotKept() {
        offer(9, 60);
        step();
        harness.prefillTokens = 0;
        ScheduledRequest<String> pinned = ScheduledRequest.builder(ids++)
                .promptOnly(true)
                .pins(true)
                .prefix(scope, new int[PROMPT])
                .build("");
        assertThat(harness.scheduler.offer(pinned)).isNull();
        step();
        assertThat(pinned.isPrefilling()).isTrue();
        harness.scheduler.cancel(pinned.id());
        step();
        assertThat(harness.scheduler.kept().size()).isZero();
    }

    @Test
    void evict_ofWhatIsBeingSaved_leavesNothingInHostMemory() {
        listened();
        step();
        harness.scheduler.kept().evictIf(scope::equals);
        assertThat(saving.get(0).isWanted()).isFalse();
        assertThat(step()).contains(KvOperation.Kind.CLEAR);
        saved();
        assertThat(harness.scheduler.tiers().size()).isZero();
    }

    /** It was counted, so that more were evicted than were listed. */
    @Test
    void evict_afterARequestHasEnded_leavesNothingOfItAndCountsWhatIsKept() {
        start(true);
        answer(1);
        ScheduledRequest<String> request = offer(2, 60);
        step();
        harness.scheduler.cancel(request.id());
        assertThat(harness.scheduler.kept().evictIf(scope::equals)).isEqualTo(1);
        step();
        assertThat(harness.scheduler.kept().size()).isZero();
    }

    /** Answers what is being saved with states for which host memory has no room. */
    private int savedTooLarge() {
        int count = saving.size();
        saving.forEach(prefix -> harness.scheduler.tiers().saved(prefix, new State(HOST_BYTES + 1)));
        saving.clear();
        return count;
    }

    /** It was copied again with each plan: there was no end of that, and none of a drain. */
    @Test
    void statesLargerThanHostMemory_areCopiedOnceAndTheEngineBecomesIdle() {
        start(8, true);
        int saves = 0;
        for (int text = 0; text < 200; text++) {
            ScheduledRequest<String> request = offer(text, 2);
            while (!request.isEnded()) {
                step();
                saves += savedTooLarge();
            }
        }
        int plans = 0;
        do {
            step();
            saves += savedTooLarge();
        } while (!harness.plan.isEmpty() && ++plans < 20);
        assertThat(harness.plan.isEmpty()).isTrue();
        assertThat(harness.scheduler.isIdle()).isTrue();
        assertThat(saves).isBetween(150, 200);
        assertThat(harness.scheduler.tiers().size()).isZero();
    }

    /** The second one made the scheduler forget that the first one could not be saved, and the other way round. */
    @Test
    void request_inWhoseWayTwoStatesAreLargerThanHostMemory_waitsForOneCopyOfEach() {
        start(4, true);
        answer(1);
        answer(3);
        offer(9, 60);
        step();
        ScheduledRequest<String> request = offer(2, 28);
        int saves = 0;
        for (int i = 0; i < 6 && request.isQueued(); i++) {
            step();
            saves += savedTooLarge();
        }
        assertThat(request.isQueued()).isFalse();
        assertThat(saves).isEqualTo(2);
    }

    private ScheduledRequest<String> restored() {
        listened();
        step();
        saved();
        while (harness.scheduler.running() + harness.scheduler.queued() > 1) {
            step(); // the request with text 2 ends
        }
        ScheduledRequest<String> again = offer(1, 2);
        while (restoring.isEmpty()) {
            step();
            if (!saving.isEmpty()) {
                saved();
            }
        }
        return again;
    }

    @Test
    void restore_besideAnAnswer_isAdmittedWhenItIsThere() {
        ScheduledRequest<String> again = restored();
        for (int i = 0; i < 3; i++) {
            step();
            assertThat(harness.plan.entries()).hasSize(1);
            assertThat(harness.plan.admitted()).isEmpty();
            assertThat(again.isQueued()).isFalse();
        }
        harness.scheduler.tiers().restored(restoringSlot, restoring.get(0), true);
        step();
        assertThat(harness.plan.admitted()).containsExactly(again);
        assertThat(again.cachedTokens()).isEqualTo(PROMPT - 1);
    }

    @Test
    void restore_thatIsCancelled_leavesItsPrefixForOthers() {
        ScheduledRequest<String> again = restored();
        harness.scheduler.cancel(again.id());
        assertThat(step()).contains(KvOperation.Kind.CLEAR);
        assertThat(again.isEnded()).isTrue();
        restoring.clear();
        ScheduledRequest<String> other = offer(1, 2);
        assertThat(step()).contains(KvOperation.Kind.RESTORE);
        harness.scheduler.tiers().restored(restoringSlot, restoring.get(0), true);
        step();
        assertThat(other.cachedTokens()).isEqualTo(PROMPT - 1);
    }
}
