package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.ReasoningApi;

/** {@link ReasoningApi} over the generated downcalls. */
final class FfmReasoningApi implements ReasoningApi {

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
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_reasoning_add_budget(
                    sampler,
                    s.a.in(start, start.length),
                    start.length,
                    s.b.in(ends, ends.length),
                    s.c.in(endLengths, nEnds),
                    nEnds,
                    s.d.in(forced, forced.length),
                    forced.length,
                    budget,
                    thinking);
        }
    }

    @Override
    public int end(long sampler) {
        return TokapuH.tokapu_reasoning_end(sampler);
    }
}
