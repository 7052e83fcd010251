package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.ScheduledRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * The prompts that are being read.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class PromptsLeft {

    private final List<ScheduledRequest<?>> reading = new ArrayList<>();

    void admit(ScheduledRequest<?> scheduled) {
        reading.add(scheduled);
    }

    int requests() {
        return reading.size();
    }

    /** Forgets those that were read, and counts what is left of those that fit into a step as a whole. */
    int tokens(int maxPrefillTokens) {
        int left = 0;
        for (int i = reading.size() - 1; i >= 0; i--) {
            ScheduledRequest<?> scheduled = reading.get(i);
            if (!scheduled.isPrefilling()) {
                reading.remove(i);
            } else if (scheduled.promptTokens() <= maxPrefillTokens) {
                left += scheduled.promptTokens() - scheduled.prefilled();
            }
        }
        return left;
    }
}
