package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.ScheduledRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * The prompts that are not prefilled to their end yet, as the engine admitted them.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class PendingPrefills {

    private final List<ScheduledRequest<?>> prefilling = new ArrayList<>();

    void admit(ScheduledRequest<?> scheduled) {
        prefilling.add(scheduled);
    }

    int requests() {
        return prefilling.size();
    }

    /** Whether a prompt is not prefilled to its end. */
    boolean isAnyLeft() {
        for (int i = 0; i < prefilling.size(); i++) {
            if (prefilling.get(i).isPrefilling()) {
                return true;
            }
        }
        return false;
    }

    /** Removes completed prefills and counts the remaining tokens of prompts whose part that was not found fits into one step. */
    int tokens(int maxPrefillTokens) {
        int left = 0;
        for (int i = prefilling.size() - 1; i >= 0; i--) {
            ScheduledRequest<?> scheduled = prefilling.get(i);
            if (!scheduled.isPrefilling()) {
                prefilling.remove(i);
            } else if (scheduled.tokensToCompute() <= maxPrefillTokens) {
                left += scheduled.prefillTokens() - scheduled.prefilled();
            }
        }
        return left;
    }
}
