package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for sampler chains: building, sampling, callbacks. */
public interface SamplerApi {

    int create(long model, long[] sampler);

    int free(long sampler);

    int clone(long sampler, long[] clone);

    int addGreedy(long sampler);

    int addDist(long sampler, int seed);

    int addTopK(long sampler, int k);

    int addTopP(long sampler, float p, int minKeep);

    int addMinP(long sampler, float p, int minKeep);

    int addTypical(long sampler, float p, int minKeep);

    int addTemp(long sampler, float temperature);

    int addTempExt(long sampler, float temperature, float delta, float exponent);

    int addXtc(long sampler, float probability, float threshold, int minKeep, int seed);

    int addTopNSigma(long sampler, float n);

    int addMirostat(long sampler, int seed, float tau, float eta, int m);

    int addMirostatV2(long sampler, int seed, float tau, float eta);

    int addGrammar(long sampler, byte[] grammar, byte[] root);

    int addGrammarLazy(
            long sampler, byte[] grammar, byte[] root, byte[] patterns, int nPatterns, int[] tokens, int nTokens);

    int addPenalties(long sampler, int lastN, float repeat, float frequency, float presence);

    int addDry(
            long sampler,
            float multiplier,
            float base,
            int allowedLength,
            int penaltyLastN,
            byte[] breakers,
            int nBreakers);

    int addAdaptiveP(long sampler, float target, float decay, int seed);

    int addLogitBias(long sampler, int[] tokens, float[] biases, int n);

    int addInfill(long sampler);

    /** {@link SamplerCallbacks} holds the callback until the native sampler is freed. */
    int addCallback(long sampler, byte[] name, int selects, SamplerCallback callback);

    int candidates(int[] tokens, float[] logits, float[] probabilities, int[] state);

    int setCandidates(int[] tokens, float[] logits, float[] probabilities, int[] state);

    int sample(long sampler, long context, int index, int[] token);

    int sampleMany(long context, int n, long[] samplers, int[] indices, int nThreads, int[] tokens, int[] statuses);

    int apply(long sampler, int[] tokens, float[] logits, float[] probabilities, int n, int[] nLeft, int[] selected);

    int accept(long sampler, int token);

    int acceptPrompt(long sampler, int[] tokens, int nTokens);

    int reset(long sampler);

    int contextSetSampler(long context, int seqId, long sampler, int[] attached);

    int seed(long sampler, int[] seed);

    int count(long sampler, int[] n);

    int name(long sampler, int index, byte[] buf, int[] length);
}
