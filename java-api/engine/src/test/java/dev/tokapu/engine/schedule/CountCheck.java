package dev.tokapu.engine.schedule;

import dev.tokapu.engine.schedule.SimulatedRequest.SimulatedSequence;
import java.util.List;

/** What a scheduler says of itself, compared with the simulated requests. */
final class CountCheck {

    private final SchedulerConfig config;
    private final SimulatedModel model;
    private final Scheduler<SimulatedRequest> scheduler;
    private final NaiveAdmission admission;

    CountCheck(
            SchedulerConfig config,
            SimulatedModel model,
            Scheduler<SimulatedRequest> scheduler,
            NaiveAdmission admission) {
        this.config = config;
        this.model = model;
        this.scheduler = scheduler;
        this.admission = admission;
    }

    void check(List<SimulatedRequest> live) {
        int decoding = 0;
        long deadline = Long.MAX_VALUE;
        long kv = 0;
        for (SimulatedRequest request : live) {
            decoding += request.prompted && !request.request.promptOnly() ? request.generating() : 0;
            deadline = Math.min(deadline, request.request.deadline());
            Check.that(request.request.isQueued() != request.admitted, "queued", request.request);
            Check.that(
                    request.request.isPrefilling() == (request.admitted && !request.prompted),
                    "prefilling",
                    request.request);
            Check.equal("prefilled", request.request.prefilled(), request.prefilled);
            kv += config.shared() ? Math.min(request.prefilled, request.request.promptTokens()) : 0;
            for (SimulatedSequence sequence : request.sequences) {
                int length = sequence.slot < 0 ? 0 : model.length(sequence.slot);
                kv += config.shared() ? Math.max(0, length - request.request.promptTokens()) : length;
            }
        }
        Check.that(kv <= scheduler.kvReserved(), "KV tokens beyond the reservation", kv, scheduler.kvReserved());
        Check.equal("decoding", scheduler.decoding(), decoding);
        Check.equal("next deadline", scheduler.nextDeadline(), deadline);
        Check.equal("queued", scheduler.queued(), admission.queued());
        Check.equal("free slots", scheduler.freeSlots(), admission.freeSlots());
        Check.equal("reserved", scheduler.kvReserved(), admission.reserved());
    }
}
