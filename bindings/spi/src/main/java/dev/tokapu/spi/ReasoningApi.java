package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for budgets of thoughts in sampler chains. */
public interface ReasoningApi {

    int addBudget(
            long sampler, int[] start, int[] ends, int[] endLengths, int nEnds, int[] forced, int budget, int thinking);

    /** Any thread. */
    int end(long sampler);
}
