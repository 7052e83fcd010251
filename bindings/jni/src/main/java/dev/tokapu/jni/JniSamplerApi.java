package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.many;
import static dev.tokapu.spi.ArrayChecks.out;
import static dev.tokapu.spi.ArrayChecks.texts;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.CandidatesKey;
import dev.tokapu.spi.SamplerApi;
import dev.tokapu.spi.SamplerCallback;

/** {@link SamplerApi} over the native methods that JavaCPP generates. */
final class JniSamplerApi implements SamplerApi {

    @Override
    public int create(long model, long[] sampler) {
        return TokapuLibrary.tokapu_sampler_new(model, out(sampler));
    }

    @Override
    public int free(long sampler) {
        return TokapuLibrary.tokapu_sampler_free(sampler);
    }

    @Override
    public int clone(long sampler, long[] clone) {
        return TokapuLibrary.tokapu_sampler_clone(sampler, out(clone));
    }

    @Override
    public int addGreedy(long sampler) {
        return TokapuLibrary.tokapu_sampler_add_greedy(sampler);
    }

    @Override
    public int addDist(long sampler, int seed) {
        return TokapuLibrary.tokapu_sampler_add_dist(sampler, seed);
    }

    @Override
    public int addTopK(long sampler, int k) {
        return TokapuLibrary.tokapu_sampler_add_top_k(sampler, k);
    }

    @Override
    public int addTopP(long sampler, float p, int minKeep) {
        return TokapuLibrary.tokapu_sampler_add_top_p(sampler, p, minKeep);
    }

    @Override
    public int addMinP(long sampler, float p, int minKeep) {
        return TokapuLibrary.tokapu_sampler_add_min_p(sampler, p, minKeep);
    }

    @Override
    public int addTypical(long sampler, float p, int minKeep) {
        return TokapuLibrary.tokapu_sampler_add_typical(sampler, p, minKeep);
    }

    @Override
    public int addTemp(long sampler, float temperature) {
        return TokapuLibrary.tokapu_sampler_add_temp(sampler, temperature);
    }

    @Override
    public int addTempExt(long sampler, float temperature, float delta, float exponent) {
        return TokapuLibrary.tokapu_sampler_add_temp_ext(sampler, temperature, delta, exponent);
    }

    @Override
    public int addXtc(long sampler, float probability, float threshold, int minKeep, int seed) {
        return TokapuLibrary.tokapu_sampler_add_xtc(sampler, probability, threshold, minKeep, seed);
    }

    @Override
    public int addTopNSigma(long sampler, float n) {
        return TokapuLibrary.tokapu_sampler_add_top_n_sigma(sampler, n);
    }

    @Override
    public int addMirostat(long sampler, int seed, float tau, float eta, int m) {
        return TokapuLibrary.tokapu_sampler_add_mirostat(sampler, seed, tau, eta, m);
    }

    @Override
    public int addMirostatV2(long sampler, int seed, float tau, float eta) {
        return TokapuLibrary.tokapu_sampler_add_mirostat_v2(sampler, seed, tau, eta);
    }

    @Override
    public int addGrammar(long sampler, byte[] grammar, byte[] root) {
        return TokapuLibrary.tokapu_sampler_add_grammar(sampler, grammar, grammar.length, root, root.length);
    }

    @Override
    public int addGrammarLazy(
            long sampler, byte[] grammar, byte[] root, byte[] patterns, int nPatterns, int[] tokens, int nTokens) {
        texts(patterns, nPatterns, "patterns");
        atLeast(tokens.length, nTokens, "tokens");
        return TokapuLibrary.tokapu_sampler_add_grammar_lazy(
                sampler, grammar, grammar.length, root, root.length, patterns, nPatterns, tokens, nTokens);
    }

    @Override
    public int addPenalties(long sampler, int lastN, float repeat, float frequency, float presence) {
        return TokapuLibrary.tokapu_sampler_add_penalties(sampler, lastN, repeat, frequency, presence);
    }

    @Override
    public int addDry(
            long sampler,
            float multiplier,
            float base,
            int allowedLength,
            int penaltyLastN,
            byte[] breakers,
            int nBreakers) {
        texts(breakers, nBreakers, "breakers");
        return TokapuLibrary.tokapu_sampler_add_dry(
                sampler, multiplier, base, allowedLength, penaltyLastN, breakers, nBreakers);
    }

    @Override
    public int addAdaptiveP(long sampler, float target, float decay, int seed) {
        return TokapuLibrary.tokapu_sampler_add_adaptive_p(sampler, target, decay, seed);
    }

    @Override
    public int addLogitBias(long sampler, int[] tokens, float[] biases, int n) {
        atLeast(tokens.length, n, "tokens");
        atLeast(biases.length, n, "biases");
        return TokapuLibrary.tokapu_sampler_add_logit_bias(sampler, tokens, biases, n);
    }

    @Override
    public int addInfill(long sampler) {
        return TokapuLibrary.tokapu_sampler_add_infill(sampler);
    }

    @Override
    public int addCallback(long sampler, byte[] name, int selects, SamplerCallback callback) {
        return SamplerCallbackFunction.add(sampler, name, selects, callback);
    }

    @Override
    public int candidates(int[] tokens, float[] logits, float[] probabilities, int[] state) {
        int capacity = ArrayChecks.candidates(tokens, logits, probabilities, state);
        return TokapuLibrary.tokapu_sampler_candidates(tokens, logits, probabilities, capacity, state);
    }

    @Override
    public int setCandidates(int[] tokens, float[] logits, float[] probabilities, int[] state) {
        atLeast(ArrayChecks.candidates(tokens, logits, probabilities, state), state[CandidatesKey.N], "the candidates");
        return TokapuLibrary.tokapu_sampler_set_candidates(tokens, logits, probabilities, state);
    }

    @Override
    public int sample(long sampler, long context, int index, int[] token) {
        return TokapuLibrary.tokapu_sampler_sample(sampler, context, index, out(token));
    }

    @Override
    public int sampleMany(
            long context, int n, long[] samplers, int[] indices, int nThreads, int[] tokens, int[] statuses) {
        many(n, samplers, indices, tokens, statuses);
        return TokapuLibrary.tokapu_sampler_sample_many(context, n, samplers, indices, nThreads, tokens, statuses);
    }

    @Override
    public int apply(
            long sampler, int[] tokens, float[] logits, float[] probabilities, int n, int[] nLeft, int[] selected) {
        atLeast(tokens.length, n, "tokens");
        atLeast(logits.length, n, "logits");
        atLeast(probabilities.length, n, "probabilities");
        return TokapuLibrary.tokapu_sampler_apply(sampler, tokens, logits, probabilities, n, out(nLeft), out(selected));
    }

    @Override
    public int accept(long sampler, int token) {
        return TokapuLibrary.tokapu_sampler_accept(sampler, token);
    }

    @Override
    public int acceptPrompt(long sampler, int[] tokens, int nTokens) {
        atLeast(tokens.length, nTokens, "tokens");
        return TokapuLibrary.tokapu_sampler_accept_prompt(sampler, tokens, nTokens);
    }

    @Override
    public int reset(long sampler) {
        return TokapuLibrary.tokapu_sampler_reset(sampler);
    }

    @Override
    public int contextSetSampler(long context, int seqId, long sampler, int[] attached) {
        return TokapuLibrary.tokapu_context_set_sampler(context, seqId, sampler, out(attached));
    }

    @Override
    public int seed(long sampler, int[] seed) {
        return TokapuLibrary.tokapu_sampler_seed(sampler, out(seed));
    }

    @Override
    public int count(long sampler, int[] n) {
        return TokapuLibrary.tokapu_sampler_count(sampler, out(n));
    }

    @Override
    public int name(long sampler, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_sampler_name(sampler, index, buf, buf.length, out(length));
    }
}
