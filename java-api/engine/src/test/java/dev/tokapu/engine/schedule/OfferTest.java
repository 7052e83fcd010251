package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OfferTest {

    private final Scheduler<String> scheduler = new Scheduler<>(SchedulerConfig.builder(2, 32, 16)
            .kvTokens(40)
            .shared(true)
            .queue(2)
            .agingNanos(1_000_000)
            .groupSteps(3)
            .build());

    @Test
    void offer_fittingRequest_isAccepted() {
        ScheduledRequest<String> request = request(1).make();
        assertThat(scheduler.offer(request)).isNull();
        assertThat(request.isQueued()).isTrue();
        assertThat(scheduler.queued()).isEqualTo(1);
    }

    @Test
    void offer_moreBranchesThanSlots_isRefused() {
        assertThat(scheduler.offer(request(1).branches(3).make())).isEqualTo(RejectReason.TOO_MANY_BRANCHES);
    }

    @Test
    void offer_promptFillsTheSlot_isRefused() {
        assertThat(scheduler.offer(request(1).prompt(32).make())).isEqualTo(RejectReason.TOO_LONG);
    }

    @Test
    void offer_promptAloneFillsTheSlot_isAccepted() {
        assertThat(scheduler.offer(request(1).prompt(32).promptOnly().make())).isNull();
    }

    @Test
    void offer_reservationBeyondTheKvCache_isRefused() {
        assertThat(scheduler.offer(request(1).prompt(20).max(11).branches(2).make()))
                .isEqualTo(RejectReason.TOO_LONG);
    }

    @Test
    void offer_wholePromptBeyondTheBatch_isRefused() {
        assertThat(scheduler.offer(request(1).prompt(17).whole().make())).isEqualTo(RejectReason.WHOLE_TOO_LONG);
    }

    @Test
    void offer_deadlineAtArrival_isRefused() {
        assertThat(scheduler.offer(request(1).deadline(1).make())).isEqualTo(RejectReason.EXPIRED);
    }

    @Test
    void offer_fullQueue_isRefusedAndMayComeAgain() {
        ScheduledRequest<String> third = request(3).make();
        scheduler.offer(request(1).make());
        scheduler.offer(request(2).make());
        assertThat(scheduler.offer(third)).isEqualTo(RejectReason.QUEUE_FULL);
        assertThat(third.isQueued()).isFalse();
        scheduler.plan(10, 8, new Plan<>());
        assertThat(scheduler.offer(third)).isNull();
    }

    @Test
    void offer_acceptedRequest_throws() {
        ScheduledRequest<String> request = request(1).make();
        scheduler.offer(request);
        assertThatThrownBy(() -> scheduler.offer(request))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Request 1 was accepted before");
    }

    @Test
    void offer_idOfALiveRequest_throws() {
        scheduler.offer(request(1).make());
        assertThatThrownBy(() -> scheduler.offer(request(1).make()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("id 1");
    }

    @Test
    void job_badValues_throw() {
        assertThatThrownBy(() -> request(1).prompt(0).make()).hasMessageContaining("promptTokens is 0");
        assertThatThrownBy(() -> request(1).max(0).make()).hasMessageContaining("maxTokens is 0");
        assertThatThrownBy(() -> request(1).branches(0).make()).hasMessageContaining("branches is 0");
        assertThatThrownBy(() -> request(1).promptOnly().branches(2).make()).hasMessageContaining("branches is 2");
    }

    @Test
    void limits_badValues_throw() {
        assertThatThrownBy(() -> SchedulerConfig.builder(0, 1, 1)
                        .kvTokens(1)
                        .queue(1)
                        .agingNanos(1)
                        .groupSteps(1)
                        .build())
                .hasMessageContaining("slots is 0");
        assertThatThrownBy(() -> SchedulerConfig.builder(1, 1, 1)
                        .kvTokens(1)
                        .queue(1)
                        .agingNanos(0)
                        .groupSteps(1)
                        .build())
                .hasMessageContaining("agingNanos is 0");
    }
}
