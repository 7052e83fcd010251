package dev.tokapu.engine;

import dev.tokapu.internal.schedule.Job;
import java.util.ArrayList;
import java.util.List;

/**
 * The prompts that are being read.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class PromptsLeft {

    private final List<Job> reading = new ArrayList<>();

    void admit(Job job) {
        reading.add(job);
    }

    int jobs() {
        return reading.size();
    }

    /** Forgets those that were read, and counts what is left of those that fit into a step as a whole. */
    int tokens(int stepTokens) {
        int left = 0;
        for (int i = reading.size() - 1; i >= 0; i--) {
            Job job = reading.get(i);
            if (!job.isPrefilling()) {
                reading.remove(i);
            } else if (job.promptTokens() <= stepTokens) {
                left += job.promptTokens() - job.prefilled();
            }
        }
        return left;
    }
}
