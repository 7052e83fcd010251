package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * Saves sequences at the end of their prompts where the memory cannot be cut: a later prompt that goes on differently behind that begins
 * there. Elsewhere any part of a kept sequence does.
 */
final class PromptCheckpoints {

    private final HostSaves saves;
    private final boolean wanted;
    private final List<ScheduledSequence<?>> complete = new ArrayList<>();

    PromptCheckpoints(SchedulerConfig config, SequenceCache cache) {
        this.saves = cache.saves();
        this.wanted = cache.host().isOn() && !config.trims();
    }

    /** The prompt of a request is complete, and nothing is decoded behind it before the next plan. */
    void prompted(ScheduledRequest<?> request) {
        boolean shared = request.prefix != null && request.prefillTokens() <= request.activatedFrom;
        if (wanted && shared && request.isDecoding()) {
            complete.add(request.promptSequence());
        }
    }

    void save(Plan<?> plan) {
        for (int i = 0; i < complete.size(); i++) {
            ScheduledSequence<?> sequence = complete.get(i);
            CachedSequence cached = sequence.cached;
            if (cached != null && !sequence.ended && sequence.slot >= 0) {
                saves.save(cached, plan);
            }
        }
        complete.clear();
    }
}
