package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * The part of a batch that decodes prompts: the most urgent first, then what is soonest complete.
 *
 * <p>A whole prompt goes all at once or not at all. When it is first in order it may exceed what prompts get beside decoding, since
 * it could never run otherwise; when the sequences that decode leave no room for it, they make room after some steps. What is left for a
 * further prompt is used when it is worth a micro-batch, see {@link SchedulerConfig#smallestChunk}.
 */
final class PrefillPlanner {

    private final List<ScheduledRequest<?>> requests;
    private final int batchTokens;
    private final long agingNanos;
    private final int patience;
    private final int outputs;
    private final int chunk;

    PrefillPlanner(SchedulerConfig config) {
        this.requests = new ArrayList<>(config.slots());
        this.batchTokens = config.batchTokens();
        this.agingNanos = config.agingNanos();
        this.patience = config.groupSteps();
        this.outputs = config.outputs();
        this.chunk = config.smallestChunk();
    }

    /** Looks up the requests of a group whose prompts are not complete. */
    void collect(Group group, SlotTable slots, int slotCount) {
        requests.clear();
        for (int slot = 0; slot < slotCount; slot++) {
            ScheduledSequence<?> sequence = slots.sequence(slot);
            if (sequence != null && sequence.request().phase == Phase.PREFILLING && sequence.request().group == group) {
                if (sequence == sequence.request().promptSequence()) {
                    requests.add(sequence.request());
                }
            }
        }
    }

    /**
     * Tokens of the batch that decoding leaves to a whole prompt that waited long enough.
     *
     * @param wanted tokens that decoding would take
     */
    int keepFree(long now, int prefillTokens, long wanted) {
        if (requests.isEmpty() || prefillTokens == 0 || wanted == 0) {
            return 0;
        }
        ScheduledRequest<?> first = requests.get(first(now));
        if (!first.whole() || first.promptTokens() <= batchTokens - wanted) {
            return 0;
        }
        if (first.passedOver < patience) {
            first.passedOver++;
            return 0;
        }
        return first.promptTokens();
    }

    void fill(long now, int prefillTokens, int mostTokens, Plan<?> plan) {
        int room = mostTokens - plan.tokens();
        int budget = plan.decodeEntries() > 0 || prefillTokens > 0 ? Math.min(room, prefillTokens) : room;
        int outputsLeft = outputs;
        boolean isFirst = true;
        boolean hasPrompt = false;
        while (budget > 0 && !requests.isEmpty()) {
            ScheduledRequest<?> request = take(first(now));
            int rest = request.prefillTokens() - request.prefilled;
            if (request.whole() && rest > (isFirst ? room : budget)) {
                isFirst = false;
                continue;
            }
            int most = Math.min(request.tokensOfGroup(), request.tokensWithin(outputsLeft));
            int tokens = request.whole() ? rest : Math.min(Math.min(rest, budget), most);
            if (hasPrompt && budget < Math.min(rest, chunk)) {
                return;
            }
            if (tokens > 0) {
                hasPrompt = true;
                plan.prefill(request, tokens);
                budget -= tokens;
                outputsLeft = Math.max(0, outputsLeft - request.outputsOf(tokens));
            }
            isFirst = false;
        }
    }

    private ScheduledRequest<?> take(int index) {
        ScheduledRequest<?> request = requests.get(index);
        ScheduledRequest<?> last = requests.remove(requests.size() - 1);
        if (last != request) {
            requests.set(index, last);
        }
        return request;
    }

    private int first(long now) {
        int first = 0;
        for (int i = 1; i < requests.size(); i++) {
            if (goesBefore(requests.get(i), requests.get(first), now)) {
                first = i;
            }
        }
        return first;
    }

    private boolean goesBefore(ScheduledRequest<?> request, ScheduledRequest<?> other, long now) {
        long level = PriorityOrder.level(request, now, agingNanos);
        long otherLevel = PriorityOrder.level(other, now, agingNanos);
        if (level != otherLevel) {
            return level > otherLevel;
        }
        int rest = request.prefillTokens() - request.prefilled;
        int otherRest = other.prefillTokens() - other.prefilled;
        return rest != otherRest ? rest < otherRest : PriorityOrder.isEarlier(request, other);
    }
}
