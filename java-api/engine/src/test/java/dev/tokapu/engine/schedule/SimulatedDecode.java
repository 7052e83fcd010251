package dev.tokapu.engine.schedule;

import dev.tokapu.engine.schedule.SimulatedRequest.SimulatedSequence;
import java.util.List;
import java.util.SplittableRandom;

/** Computes what a plan says: every token must be what its request gets alone. */
final class SimulatedDecode {

    private final SplittableRandom random;
    private final SimulatedModel model;
    private final NaiveAdmission admission;
    private final SimulationCounts counts;
    private final Plan<SimulatedRequest> plan;
    private final List<ScheduledSequence<SimulatedRequest>> unsampled;
    private final List<ScheduledRequest<SimulatedRequest>> unread;

    SimulatedDecode(
            SplittableRandom random,
            SimulatedModel model,
            NaiveAdmission admission,
            SimulationCounts counts,
            Plan<SimulatedRequest> plan,
            List<ScheduledSequence<SimulatedRequest>> unsampled,
            List<ScheduledRequest<SimulatedRequest>> unread) {
        this.random = random;
        this.model = model;
        this.admission = admission;
        this.counts = counts;
        this.plan = plan;
        this.unsampled = unsampled;
        this.unread = unread;
    }

    void compute() {
        counts.bridges += plan.bridgedSlots().size();
        counts.gapTokens += plan.gapTokens();
        counts.padded += plan.width() > 0 ? 1 : 0;
        for (int i = 0; i < plan.entries().size(); i++) {
            SimulatedRequest request = plan.entries().get(i).task();
            admission.served(request, plan.entries().get(i).count());
            counts.tokens += plan.entries().get(i).count();
            if (plan.entries().get(i).isPrefill()) {
                prefill(request, i);
            } else {
                decode(SimulatedRequest.of(plan.entries().get(i).sequence()), i);
                unsampled.add(plan.entries().get(i).sequence());
            }
        }
    }

    private void prefill(SimulatedRequest request, int entry) {
        int slot = plan.entries().get(entry).slot();
        int end = plan.entries().get(entry).from() + plan.entries().get(entry).count();
        for (int position = plan.entries().get(entry).from(); position < end; position++) {
            model.decode(slot, position, request.promptToken(position));
        }
        request.prefilled = end;
        if (!plan.entries().get(entry).isLast()) {
            return;
        }
        request.prompted = true;
        if (request.request.promptOnly()) {
            unread.add(request.request);
            return;
        }
        request.promptAlone();
        for (int branch = 0; branch < request.sequences.length; branch++) {
            SimulatedSequence sequence = request.sequences[branch];
            if (sequence.ended) {
                continue;
            }
            if (sequence.slot != slot) {
                model.copy(slot, sequence.slot);
            }
            sequence.sampled = 0;
            generate(sequence);
            unsampled.add(request.request.sequence(branch));
        }
    }

    /** Samples from the slot, which must be what the request gets alone. */
    private int generate(SimulatedSequence sequence) {
        int token = SimulatedModel.next(model.prefix(sequence.slot), sequence.seed);
        Check.equal("token", token, sequence.expected());
        sequence.generate(token);
        sequence.sampled++;
        sequence.sampledEnd = SimulatedRequest.endsText(token);
        sequence.unsampled = true;
        return token;
    }

    private void decode(SimulatedSequence sequence, int entry) {
        int token = sequence.last;
        boolean right = true;
        sequence.sampled = 0;
        for (int i = 0; i < plan.entries().get(entry).count(); i++) {
            model.decode(sequence.slot, plan.entries().get(entry).from() + i, token);
            if (right) {
                int out = generate(sequence);
                token = random.nextDouble() < 0.7 ? out : out + 1;
                right = token == out && !sequence.sampledEnd;
            }
        }
    }
}
