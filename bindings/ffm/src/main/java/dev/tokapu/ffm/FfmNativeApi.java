package dev.tokapu.ffm;

import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_set_sampler;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_accept;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_accept_prompt;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_adaptive_p;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_callback;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_dist;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_dry;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_grammar;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_grammar_lazy;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_greedy;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_infill;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_logit_bias;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_min_p;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_mirostat;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_mirostat_v2;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_penalties;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_temp;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_temp_ext;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_top_k;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_top_n_sigma;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_top_p;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_typical;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_add_xtc;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_apply;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_candidates;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_clone;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_count;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_free;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_name;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_new;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_reset;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_sample;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_sample_many;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_seed;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_sampler_set_candidates;

import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.NativeConstants;
import dev.tokapu.spi.SamplerCallback;
import dev.tokapu.spi.SamplerCallbacks;

/** {@link dev.tokapu.spi.NativeApi} over the generated downcalls. The functions of samplers are here, others in the bases. */
final class FfmNativeApi extends StateCalls {

    @Override
    public int samplerNew(long model, long[] sampler) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(tokapu_sampler_new(model, s.cell(sampler)), sampler);
        }
    }

    @Override
    public int samplerFree(long sampler) {
        return tokapu_sampler_free(sampler);
    }

    @Override
    public int samplerClone(long sampler, long[] clone) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(tokapu_sampler_clone(sampler, s.cell(clone)), clone);
        }
    }

    @Override
    public int samplerAddGreedy(long sampler) {
        return tokapu_sampler_add_greedy(sampler);
    }

    @Override
    public int samplerAddDist(long sampler, int seed) {
        return tokapu_sampler_add_dist(sampler, seed);
    }

    @Override
    public int samplerAddTopK(long sampler, int k) {
        return tokapu_sampler_add_top_k(sampler, k);
    }

    @Override
    public int samplerAddTopP(long sampler, float p, int minKeep) {
        return tokapu_sampler_add_top_p(sampler, p, minKeep);
    }

    @Override
    public int samplerAddMinP(long sampler, float p, int minKeep) {
        return tokapu_sampler_add_min_p(sampler, p, minKeep);
    }

    @Override
    public int samplerAddTypical(long sampler, float p, int minKeep) {
        return tokapu_sampler_add_typical(sampler, p, minKeep);
    }

    @Override
    public int samplerAddTemp(long sampler, float temperature) {
        return tokapu_sampler_add_temp(sampler, temperature);
    }

    @Override
    public int samplerAddTempExt(long sampler, float temperature, float delta, float exponent) {
        return tokapu_sampler_add_temp_ext(sampler, temperature, delta, exponent);
    }

    @Override
    public int samplerAddXtc(long sampler, float probability, float threshold, int minKeep, int seed) {
        return tokapu_sampler_add_xtc(sampler, probability, threshold, minKeep, seed);
    }

    @Override
    public int samplerAddTopNSigma(long sampler, float n) {
        return tokapu_sampler_add_top_n_sigma(sampler, n);
    }

    @Override
    public int samplerAddMirostat(long sampler, int seed, float tau, float eta, int m) {
        return tokapu_sampler_add_mirostat(sampler, seed, tau, eta, m);
    }

    @Override
    public int samplerAddMirostatV2(long sampler, int seed, float tau, float eta) {
        return tokapu_sampler_add_mirostat_v2(sampler, seed, tau, eta);
    }

    @Override
    public int samplerAddGrammar(long sampler, byte[] grammar, byte[] root) {
        try (Scratch s = Scratch.take()) {
            return tokapu_sampler_add_grammar(sampler, s.a.in(grammar), grammar.length, s.b.in(root), root.length);
        }
    }

    @Override
    public int samplerAddGrammarLazy(
            long sampler, byte[] grammar, byte[] root, byte[] patterns, int nPatterns, int[] tokens, int nTokens) {
        ArrayChecks.texts(patterns, nPatterns, "patterns");
        ArrayChecks.atLeast(tokens.length, nTokens, "tokens");
        try (Scratch s = Scratch.take()) {
            return tokapu_sampler_add_grammar_lazy(
                    sampler,
                    s.a.in(grammar),
                    grammar.length,
                    s.b.in(root),
                    root.length,
                    s.c.in(patterns),
                    nPatterns,
                    s.d.in(tokens, nTokens),
                    nTokens);
        }
    }

    @Override
    public int samplerAddPenalties(long sampler, int lastN, float repeat, float frequency, float presence) {
        return tokapu_sampler_add_penalties(sampler, lastN, repeat, frequency, presence);
    }

    @Override
    public int samplerAddDry(
            long sampler,
            float multiplier,
            float base,
            int allowedLength,
            int penaltyLastN,
            byte[] breakers,
            int nBreakers) {
        ArrayChecks.texts(breakers, nBreakers, "breakers");
        try (Scratch s = Scratch.take()) {
            return tokapu_sampler_add_dry(
                    sampler, multiplier, base, allowedLength, penaltyLastN, s.a.in(breakers), nBreakers);
        }
    }

    @Override
    public int samplerAddAdaptiveP(long sampler, float target, float decay, int seed) {
        return tokapu_sampler_add_adaptive_p(sampler, target, decay, seed);
    }

    @Override
    public int samplerAddLogitBias(long sampler, int[] tokens, float[] biases, int n) {
        ArrayChecks.atLeast(tokens.length, n, "tokens");
        ArrayChecks.atLeast(biases.length, n, "biases");
        try (Scratch s = Scratch.take()) {
            return tokapu_sampler_add_logit_bias(sampler, s.a.in(tokens, n), s.b.in(biases, n), n);
        }
    }

    @Override
    public int samplerAddInfill(long sampler) {
        return tokapu_sampler_add_infill(sampler);
    }

    @Override
    public int samplerAddCallback(long sampler, byte[] name, int selects, SamplerCallback callback) {
        long number = SamplerCallbacks.add(callback);
        try (Scratch s = Scratch.take()) {
            int status = tokapu_sampler_add_callback(
                    sampler, s.a.in(name), name.length, selects, SamplerUpcall.STUB, number);
            if (status != NativeConstants.OK) {
                SamplerCallbacks.remove(number);
            }
            return status;
        }
    }

    @Override
    public int samplerCandidates(int[] tokens, float[] logits, float[] probabilities, int[] state) {
        int capacity = ArrayChecks.candidates(tokens, logits, probabilities, state);
        try (Scratch s = Scratch.take()) {
            int status = tokapu_sampler_candidates(
                    s.a.reserve(4L * capacity),
                    s.b.reserve(4L * capacity),
                    s.c.reserve(4L * capacity),
                    capacity,
                    s.d.reserve(4L * NativeConstants.CANDIDATES_COUNT));
            if (status == NativeConstants.OK) {
                s.d.out(state, NativeConstants.CANDIDATES_COUNT);
                int n = state[NativeConstants.CANDIDATES_N];
                s.a.out(tokens, n);
                s.b.out(logits, n);
                s.c.out(probabilities, n);
            }
            return status;
        }
    }

    @Override
    public int samplerSetCandidates(int[] tokens, float[] logits, float[] probabilities, int[] state) {
        int capacity = ArrayChecks.candidates(tokens, logits, probabilities, state);
        int n = state[NativeConstants.CANDIDATES_N];
        ArrayChecks.atLeast(capacity, n, "the candidates");
        try (Scratch s = Scratch.take()) {
            return tokapu_sampler_set_candidates(
                    s.a.in(tokens, n),
                    s.b.in(logits, n),
                    s.c.in(probabilities, n),
                    s.d.in(state, NativeConstants.CANDIDATES_COUNT));
        }
    }

    @Override
    public int samplerSample(long sampler, long context, int index, int[] token) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_sampler_sample(sampler, context, index, s.cell(token)), token);
        }
    }

    @Override
    public int samplerSampleMany(
            long context, int n, long[] samplers, int[] indices, int nThreads, int[] tokens, int[] statuses) {
        ArrayChecks.many(n, samplers, indices, tokens, statuses);
        try (Scratch s = Scratch.take()) {
            int status = tokapu_sampler_sample_many(
                    context,
                    n,
                    s.a.in(samplers, n),
                    s.b.in(indices, n),
                    nThreads,
                    s.c.in(tokens, n),
                    s.d.in(statuses, n));
            if (status == NativeConstants.OK) {
                s.c.out(tokens, n);
                s.d.out(statuses, n);
            }
            return status;
        }
    }

    @Override
    public int samplerApply(
            long sampler, int[] tokens, float[] logits, float[] probabilities, int n, int[] nLeft, int[] selected) {
        ArrayChecks.atLeast(tokens.length, n, "tokens");
        ArrayChecks.atLeast(logits.length, n, "logits");
        ArrayChecks.atLeast(probabilities.length, n, "probabilities");
        try (Scratch s = Scratch.take()) {
            int status = tokapu_sampler_apply(
                    sampler,
                    s.a.in(tokens, n),
                    s.b.in(logits, n),
                    s.c.in(probabilities, n),
                    n,
                    s.cell(nLeft),
                    s.secondCell(selected));
            if (status == NativeConstants.OK) {
                s.a.out(tokens, n);
                s.b.out(logits, n);
                s.c.out(probabilities, n);
            }
            return s.intsTo(status, nLeft, selected);
        }
    }

    @Override
    public int samplerAccept(long sampler, int token) {
        return tokapu_sampler_accept(sampler, token);
    }

    @Override
    public int samplerAcceptPrompt(long sampler, int[] tokens, int nTokens) {
        ArrayChecks.atLeast(tokens.length, nTokens, "tokens");
        try (Scratch s = Scratch.take()) {
            return tokapu_sampler_accept_prompt(sampler, s.a.in(tokens, nTokens), nTokens);
        }
    }

    @Override
    public int samplerReset(long sampler) {
        return tokapu_sampler_reset(sampler);
    }

    @Override
    public int contextSetSampler(long context, int seqId, long sampler, int[] attached) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_context_set_sampler(context, seqId, sampler, s.cell(attached)), attached);
        }
    }

    @Override
    public int samplerSeed(long sampler, int[] seed) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_sampler_seed(sampler, s.cell(seed)), seed);
        }
    }

    @Override
    public int samplerCount(long sampler, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_sampler_count(sampler, s.cell(n)), n);
        }
    }

    @Override
    public int samplerName(long sampler, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_sampler_name(sampler, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }
}
