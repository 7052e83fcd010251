package dev.tokapu.engine.schedule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Live requests by id, and the transitions that end them. */
final class RequestTable {

    private final Map<Long, ScheduledRequest<?>> requests = new HashMap<>();
    private final Tenants tenants = new Tenants();
    private final PendingEnds pendingEnds = new PendingEnds();
    private final WaitingQueue waiting;
    private final SlotTable slots;
    private final AdapterRotation groups;
    private int decoding;

    RequestTable(WaitingQueue waiting, SlotTable slots, AdapterRotation groups) {
        this.waiting = waiting;
        this.slots = slots;
        this.groups = groups;
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    @Nullable
    ScheduledRequest<?> find(long id) {
        return requests.get(id);
    }

    /** One answer of a request; null when there is none. */
    @Nullable
    ScheduledSequence<?> find(long id, int branch) {
        ScheduledRequest<?> request = requests.get(id);
        return request == null || branch < 0 || branch >= request.branches() ? null : request.sequence(branch);
    }

    /** Sequences that generate. */
    int decoding() {
        return decoding;
    }

    /** The request whose deadline comes first. */
    @Nullable
    ScheduledRequest<?> firstDeadline() {
        return pendingEnds.first();
    }

    void enter(ScheduledRequest<?> request) {
        request.phase = Phase.QUEUED;
        requests.put(request.id(), request);
        tenants.enter(request);
        pendingEnds.enter(request);
        waiting.add(request);
    }

    /** Tokens were computed for it. */
    void served(ScheduledRequest<?> request, int tokens) {
        tenants.serve(Tenant.of(request), tokens);
    }

    void cancel(ScheduledRequest<?> request) {
        request.cancelAsked = true;
        pendingEnds.cancel(request);
    }

    void cancel(ScheduledSequence<?> sequence) {
        sequence.cancelAsked = true;
        pendingEnds.cancel(sequence.request());
    }

    void pause(ScheduledSequence<?> sequence, boolean paused) {
        if (sequence.paused != paused) {
            decoding -= decodes(sequence);
            sequence.paused = paused;
            decoding += decodes(sequence);
        }
    }

    private static int decodes(ScheduledSequence<?> sequence) {
        return sequence.request().isDecoding() && !sequence.ended && !sequence.paused ? 1 : 0;
    }

    /** Ends what was cancelled or is over its deadline; their slots are to be released. */
    void end(long now, Plan<?> plan) {
        for (int i = 0; i < pendingEnds.cancels(); i++) {
            ScheduledRequest<?> request = pendingEnds.cancelled(i);
            request.cancelNoted = false;
            if (request.isEnded()) {
                continue;
            }
            if (request.cancelAsked) {
                end(request, EndReason.CANCELLED, plan);
            } else {
                endCancelledSequences(request, plan);
            }
        }
        pendingEnds.clearCancels();
        for (ScheduledRequest<?> request = pendingEnds.first();
                request != null && request.deadline() <= now;
                request = pendingEnds.first()) {
            end(request, EndReason.DEADLINE, plan);
        }
    }

    /** Ends all of them. */
    void endAll(Plan<?> plan) {
        List.copyOf(requests.values()).forEach(request -> end(request, EndReason.CANCELLED, plan));
    }

    private void end(ScheduledRequest<?> request, EndReason reason, Plan<?> plan) {
        plan.end(request, null, reason);
        for (int branch = 0; branch < request.branches(); branch++) {
            end(request.sequence(branch));
        }
    }

    private void endCancelledSequences(ScheduledRequest<?> request, Plan<?> plan) {
        for (int branch = 0; branch < request.branches(); branch++) {
            ScheduledSequence<?> sequence = request.sequence(branch);
            if (sequence.cancelAsked && !sequence.ended) {
                plan.end(request, sequence, EndReason.CANCELLED);
                end(sequence);
            }
        }
    }

    /**
     * Ends a sequence, and its request with the last one. When its slot holds an incomplete prompt that other sequences want, the next one
     * gets it.
     */
    void end(ScheduledSequence<?> sequence) {
        if (sequence.ended) {
            return;
        }
        ScheduledRequest<?> request = sequence.request();
        boolean hadPrompt = request.awaitsPrompt() && request.promptSequence() == sequence;
        decoding -= decodes(sequence);
        sequence.ended = true;
        request.liveSequences--;
        if (hadPrompt && request.liveSequences > 0) {
            slots.swap(sequence, request.promptSequence());
        }
        slots.releaseLater(sequence);
        if (request.liveSequences == 0) {
            leave(request);
        } else if (request.isQueued()) {
            waiting.unblock();
        }
    }

    /** Takes a request's sequence from it: it waits to be computed again, from what it has generated. */
    void preempt(ScheduledRequest<?> request, Plan<?> plan) {
        decoding -= decodes(request.sequence(0));
        groups.leave(request);
        slots.preempt(request, plan);
        plan.preempt(request);
        request.phase = Phase.QUEUED;
        waiting.add(request);
    }

    private void leave(ScheduledRequest<?> request) {
        if (request.isQueued()) {
            waiting.remove(request);
        } else {
            groups.leave(request);
        }
        request.phase = Phase.ENDED;
        requests.remove(request.id());
        pendingEnds.leave(request);
        tenants.leave(request);
    }

    /** The prompt of a request is complete: its sequences generate, unless it wants no more than that. */
    void prompted(ScheduledRequest<?> request) {
        if (request.promptOnly()) {
            request.phase = Phase.AWAITING_RESULT;
            return;
        }
        request.phase = Phase.DECODING;
        for (int branch = 0; branch < request.branches(); branch++) {
            ScheduledSequence<?> sequence = request.sequence(branch);
            decoding += decodes(sequence);
            if (!sequence.ended) {
                slots.cache().branched(request.promptSequence(), sequence);
                sequence.length = request.prefillTokens();
                sequence.unsampled = 1;
            }
        }
    }
}
