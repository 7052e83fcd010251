package dev.tokapu.benchmarks.prefix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What would have to be prefilled by a system that keeps everything: of each prompt what no earlier one, with its answer, begins with. An
 * answer's last token is not computed, and the last one of a prompt is always computed anew.
 *
 * <p>Thread safety: safe.
 */
final class EndlessMemory {

    private final List<int[]> known = new ArrayList<>();

    /** How much of a prompt that is sent now must be computed. */
    synchronized int prefilled(int[] prompt) {
        int longest = 0;
        for (int[] tokens : known) {
            int mismatch = Arrays.mismatch(tokens, prompt);
            longest = Math.max(longest, mismatch < 0 ? prompt.length : mismatch);
        }
        known.add(prompt);
        return prompt.length - Math.min(longest, prompt.length - 1);
    }

    /** An answer came, or a part of it. */
    synchronized void answered(int[] prompt, int[] answer) {
        known.add(Tokens.joined(prompt, Arrays.copyOf(answer, Math.max(0, answer.length - 1))));
    }
}
