package dev.tokapu.jni;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.ReasoningApi;

/** {@link ReasoningApi} over the native methods that JavaCPP generates. */
final class JniReasoningApi implements ReasoningApi {

    @Override
    public int addBudget(
            long sampler,
            int[] start,
            int[] ends,
            int[] endLengths,
            int nEnds,
            int[] forced,
            int budget,
            int thinking) {
        ArrayChecks.lists(ends.length, endLengths, nEnds, "ends");
        return TokapuLibrary.tokapu_reasoning_add_budget(
                sampler, start, start.length, ends, endLengths, nEnds, forced, forced.length, budget, thinking);
    }

    @Override
    public int end(long sampler) {
        return TokapuLibrary.tokapu_reasoning_end(sampler);
    }
}
