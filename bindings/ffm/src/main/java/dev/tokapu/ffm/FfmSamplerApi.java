package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.CandidatesKey;
import dev.tokapu.spi.SamplerApi;
import dev.tokapu.spi.SamplerCallback;
import dev.tokapu.spi.Status;

/** {@link SamplerApi} over the generated downcalls. */
final class FfmSamplerApi implements SamplerApi {

    @Override
    public int create(long model, long[] sampler) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_sampler_new(model, s.cell(sampler)), sampler);
        }
    }

    @Override
    public int free(long sampler) {
        return TokapuH.tokapu_sampler_free(sampler);
    }

    @Override
    public int clone(long sampler, long[] clone) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_sampler_clone(sampler, s.cell(clone)), clone);
        }
    }

    @Override
    public int addGreedy(long sampler) {
        return TokapuH.tokapu_sampler_add_greedy(sampler);
    }

    @Override
    public int addDist(long sampler, int seed) {
        return TokapuH.tokapu_sampler_add_dist(sampler, seed);
    }

    @Override
    public int addTopK(long sampler, int k) {
        return TokapuH.tokapu_sampler_add_top_k(sampler, k);
    }

    @Override
    public int addTopP(long sampler, float p, int minKeep) {
        return TokapuH.tokapu_sampler_add_top_p(sampler, p, minKeep);
    }

    @Override
    public int addMinP(long sampler, float p, int minKeep) {
        return TokapuH.tokapu_sampler_add_min_p(sampler, p, minKeep);
    }

    @Override
    public int addTypical(long sampler, float p, int minKeep) {
        return TokapuH.tokapu_sampler_add_typical(sampler, p, minKeep);
    }

    @Override
    public int addTemp(long sampler, float temperature) {
        return TokapuH.tokapu_sampler_add_temp(sampler, temperature);
    }

    @Override
    public int addTempExt(long sampler, float temperature, float delta, float exponent) {
        return TokapuH.tokapu_sampler_add_temp_ext(sampler, temperature, delta, exponent);
    }

    @Override
    public int addXtc(long sampler, float probability, float threshold, int minKeep, int seed) {
        return TokapuH.tokapu_sampler_add_xtc(sampler, probability, threshold, minKeep, seed);
    }

    @Override
    public int addTopNSigma(long sampler, float n) {
        return TokapuH.tokapu_sampler_add_top_n_sigma(sampler, n);
    }

    @Override
    public int addMirostat(long sampler, int seed, float tau, float eta, int m) {
        return TokapuH.tokapu_sampler_add_mirostat(sampler, seed, tau, eta, m);
    }

    @Override
    public int addMirostatV2(long sampler, int seed, float tau, float eta) {
        return TokapuH.tokapu_sampler_add_mirostat_v2(sampler, seed, tau, eta);
    }

    @Override
    public int addGrammar(long sampler, byte[] grammar, byte[] root) {
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_sampler_add_grammar(
                    sampler, s.a.in(grammar), grammar.length, s.b.in(root), root.length);
        }
    }

    @Override
    public int addGrammarLazy(
            long sampler, byte[] grammar, byte[] root, byte[] patterns, int nPatterns, int[] tokens, int nTokens) {
        ArrayChecks.texts(patterns, nPatterns, "patterns");
        ArrayChecks.atLeast(tokens.length, nTokens, "tokens");
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_sampler_add_grammar_lazy(
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
    public int addPenalties(long sampler, int lastN, float repeat, float frequency, float presence) {
        return TokapuH.tokapu_sampler_add_penalties(sampler, lastN, repeat, frequency, presence);
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
        ArrayChecks.texts(breakers, nBreakers, "breakers");
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_sampler_add_dry(
                    sampler, multiplier, base, allowedLength, penaltyLastN, s.a.in(breakers), nBreakers);
        }
    }

    @Override
    public int addAdaptiveP(long sampler, float target, float decay, int seed) {
        return TokapuH.tokapu_sampler_add_adaptive_p(sampler, target, decay, seed);
    }

    @Override
    public int addLogitBias(long sampler, int[] tokens, float[] biases, int n) {
        ArrayChecks.atLeast(tokens.length, n, "tokens");
        ArrayChecks.atLeast(biases.length, n, "biases");
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_sampler_add_logit_bias(sampler, s.a.in(tokens, n), s.b.in(biases, n), n);
        }
    }

    @Override
    public int addInfill(long sampler) {
        return TokapuH.tokapu_sampler_add_infill(sampler);
    }

    @Override
    public int addCallback(long sampler, byte[] name, int selects, SamplerCallback callback) {
        return SamplerUpcall.add(sampler, name, selects, callback);
    }

    @Override
    public int candidates(int[] tokens, float[] logits, float[] probabilities, int[] state) {
        int capacity = ArrayChecks.candidates(tokens, logits, probabilities, state);
        try (Scratch s = Scratch.take()) {
            int status = TokapuH.tokapu_sampler_candidates(
                    s.a.reserve(4L * capacity),
                    s.b.reserve(4L * capacity),
                    s.c.reserve(4L * capacity),
                    capacity,
                    s.d.reserve(4L * CandidatesKey.COUNT));
            if (status == Status.OK) {
                s.d.out(state, CandidatesKey.COUNT);
                int n = state[CandidatesKey.N];
                s.a.out(tokens, n);
                s.b.out(logits, n);
                s.c.out(probabilities, n);
            }
            return status;
        }
    }

    @Override
    public int setCandidates(int[] tokens, float[] logits, float[] probabilities, int[] state) {
        int capacity = ArrayChecks.candidates(tokens, logits, probabilities, state);
        int n = state[CandidatesKey.N];
        ArrayChecks.atLeast(capacity, n, "the candidates");
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_sampler_set_candidates(
                    s.a.in(tokens, n), s.b.in(logits, n), s.c.in(probabilities, n), s.d.in(state, CandidatesKey.COUNT));
        }
    }

    @Override
    public int sample(long sampler, long context, int index, int[] token) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_sampler_sample(sampler, context, index, s.cell(token)), token);
        }
    }

    @Override
    public int sampleMany(
            long context, int n, long[] samplers, int[] indices, int nThreads, int[] tokens, int[] statuses) {
        ArrayChecks.many(n, samplers, indices, tokens, statuses);
        try (Scratch s = Scratch.take()) {
            int status = TokapuH.tokapu_sampler_sample_many(
                    context,
                    n,
                    s.a.in(samplers, n),
                    s.b.in(indices, n),
                    nThreads,
                    s.c.in(tokens, n),
                    s.d.in(statuses, n));
            if (status == Status.OK) {
                s.c.out(tokens, n);
                s.d.out(statuses, n);
            }
            return status;
        }
    }

    @Override
    public int apply(
            long sampler, int[] tokens, float[] logits, float[] probabilities, int n, int[] nLeft, int[] selected) {
        ArrayChecks.atLeast(tokens.length, n, "tokens");
        ArrayChecks.atLeast(logits.length, n, "logits");
        ArrayChecks.atLeast(probabilities.length, n, "probabilities");
        try (Scratch s = Scratch.take()) {
            int status = TokapuH.tokapu_sampler_apply(
                    sampler,
                    s.a.in(tokens, n),
                    s.b.in(logits, n),
                    s.c.in(probabilities, n),
                    n,
                    s.cell(nLeft),
                    s.secondCell(selected));
            if (status == Status.OK) {
                s.a.out(tokens, n);
                s.b.out(logits, n);
                s.c.out(probabilities, n);
            }
            return s.intsTo(status, nLeft, selected);
        }
    }

    @Override
    public int accept(long sampler, int token) {
        return TokapuH.tokapu_sampler_accept(sampler, token);
    }

    @Override
    public int acceptPrompt(long sampler, int[] tokens, int nTokens) {
        ArrayChecks.atLeast(tokens.length, nTokens, "tokens");
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_sampler_accept_prompt(sampler, s.a.in(tokens, nTokens), nTokens);
        }
    }

    @Override
    public int reset(long sampler) {
        return TokapuH.tokapu_sampler_reset(sampler);
    }

    @Override
    public int contextSetSampler(long context, int seqId, long sampler, int[] attached) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_context_set_sampler(context, seqId, sampler, s.cell(attached)), attached);
        }
    }

    @Override
    public int seed(long sampler, int[] seed) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_sampler_seed(sampler, s.cell(seed)), seed);
        }
    }

    @Override
    public int count(long sampler, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_sampler_count(sampler, s.cell(n)), n);
        }
    }

    @Override
    public int name(long sampler, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_sampler_name(sampler, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }
}
