package dev.tokapu.sampling;

import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.util.Checks;
import java.util.Arrays;

/** Runs a chain over candidates that the caller gives, not over an output of a context. */
final class CandidateSampling {

    private CandidateSampling() {}

    static SamplerResult apply(SamplerResult candidates, int vocabSize, NativeHandle handle, SamplerFailures failures) {
        int[] tokens = candidates.tokens();
        for (int candidate : tokens) {
            Checks.token(candidate, vocabSize);
        }
        float[] logits = candidates.logits();
        float[] probabilities = candidates.probabilities();
        int[] left = new int[1];
        int[] selected = new int[1];
        long chain = handle.acquire();
        try {
            failures.check(
                    handle.api().samplers().apply(chain, tokens, logits, probabilities, tokens.length, left, selected),
                    "apply");
        } finally {
            handle.release();
        }
        return new SamplerResult(
                Arrays.copyOf(tokens, left[0]),
                Arrays.copyOf(logits, left[0]),
                Arrays.copyOf(probabilities, left[0]),
                selected[0]);
    }
}
