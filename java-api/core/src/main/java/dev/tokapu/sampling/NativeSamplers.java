package dev.tokapu.sampling;

import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.spi.NativeApi;
import java.util.List;
import java.util.Map;

/** Carries samplers across the border: the one place that knows which function builds which record. */
final class NativeSamplers {

    private static final int NOT_MINE = Integer.MIN_VALUE;

    private NativeSamplers() {}

    /** Appends a sampler to a native chain and returns the status. */
    static int add(NativeApi api, long chain, Sampler sampler, JavaSamplers java) {
        if (sampler instanceof CustomSampler s) {
            return java.add(chain, s);
        }
        if (sampler instanceof Logits s) {
            return java.add(chain, new LogitsSampler(s.processor(), new TokenHistory()));
        }
        int status = addSelecting(api, chain, sampler);
        if (status == NOT_MINE) {
            status = addTruncating(api, chain, sampler);
        }
        if (status == NOT_MINE) {
            status = addWeighting(api, chain, sampler);
        }
        if (status == NOT_MINE) {
            throw new IllegalStateException("no function builds " + sampler);
        }
        return status;
    }

    private static int addSelecting(NativeApi api, long chain, Sampler sampler) {
        if (sampler instanceof Greedy) {
            return api.samplerAddGreedy(chain);
        }
        if (sampler instanceof Dist s) {
            return api.samplerAddDist(chain, s.seed());
        }
        if (sampler instanceof Mirostat s) {
            return api.samplerAddMirostat(chain, s.seed(), s.tau(), s.eta(), s.m());
        }
        if (sampler instanceof MirostatV2 s) {
            return api.samplerAddMirostatV2(chain, s.seed(), s.tau(), s.eta());
        }
        if (sampler instanceof AdaptiveP s) {
            return api.samplerAddAdaptiveP(chain, s.target(), s.decay(), s.seed());
        }
        return NOT_MINE;
    }

    private static int addTruncating(NativeApi api, long chain, Sampler sampler) {
        if (sampler instanceof TopK s) {
            return api.samplerAddTopK(chain, s.k());
        }
        if (sampler instanceof TopP s) {
            return api.samplerAddTopP(chain, s.p(), s.minKeep());
        }
        if (sampler instanceof MinP s) {
            return api.samplerAddMinP(chain, s.p(), s.minKeep());
        }
        if (sampler instanceof Typical s) {
            return api.samplerAddTypical(chain, s.p(), s.minKeep());
        }
        if (sampler instanceof Xtc s) {
            return api.samplerAddXtc(chain, s.probability(), s.threshold(), s.minKeep(), s.seed());
        }
        if (sampler instanceof TopNSigma s) {
            return api.samplerAddTopNSigma(chain, s.n());
        }
        if (sampler instanceof Grammar s) {
            return api.samplerAddGrammar(chain, NativeErrors.utf8(s.gbnf()), NativeErrors.utf8(s.root()));
        }
        if (sampler instanceof LazyGrammar s) {
            return addLazyGrammar(api, chain, s);
        }
        return NOT_MINE;
    }

    private static int addWeighting(NativeApi api, long chain, Sampler sampler) {
        if (sampler instanceof Temperature s) {
            return api.samplerAddTemp(chain, s.temperature());
        }
        if (sampler instanceof DynamicTemperature s) {
            return api.samplerAddTempExt(chain, s.temperature(), s.delta(), s.exponent());
        }
        if (sampler instanceof Penalties s) {
            return api.samplerAddPenalties(chain, s.lastN(), s.repeat(), s.frequency(), s.presence());
        }
        if (sampler instanceof Dry s) {
            byte[] breakers = NativeErrors.utf8List(s.breakers());
            return api.samplerAddDry(
                    chain,
                    s.multiplier(),
                    s.base(),
                    s.allowedLength(),
                    s.penaltyLastN(),
                    breakers,
                    s.breakers().size());
        }
        if (sampler instanceof LogitBias s) {
            return addLogitBias(api, chain, s.biases());
        }
        if (sampler instanceof Infill) {
            return api.samplerAddInfill(chain);
        }
        return NOT_MINE;
    }

    private static int addLazyGrammar(NativeApi api, long chain, LazyGrammar grammar) {
        List<String> patterns = grammar.patterns();
        int[] tokens = grammar.tokens().stream().mapToInt(Integer::intValue).toArray();
        return api.samplerAddGrammarLazy(
                chain,
                NativeErrors.utf8(grammar.gbnf()),
                NativeErrors.utf8(grammar.root()),
                NativeErrors.utf8List(patterns),
                patterns.size(),
                tokens,
                tokens.length);
    }

    private static int addLogitBias(NativeApi api, long chain, Map<Integer, Float> biases) {
        int[] tokens = new int[biases.size()];
        float[] values = new float[tokens.length];
        int n = 0;
        for (Map.Entry<Integer, Float> bias : biases.entrySet()) {
            tokens[n] = bias.getKey();
            values[n++] = bias.getValue();
        }
        return api.samplerAddLogitBias(chain, tokens, values, n);
    }
}
