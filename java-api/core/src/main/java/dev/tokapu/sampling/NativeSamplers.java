package dev.tokapu.sampling;

import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.spi.SamplerApi;
import java.util.List;
import java.util.Map;

/** Carries samplers across the border: the one place that knows which function builds which record. */
final class NativeSamplers {

    private static final int NOT_MINE = Integer.MIN_VALUE;

    private NativeSamplers() {}

    /** Appends a sampler to a native chain and returns the status. */
    static int add(SamplerApi samplers, long chain, Sampler sampler, JavaSamplers java) {
        if (sampler instanceof CustomSampler s) {
            return java.add(chain, s);
        }
        if (sampler instanceof Logits s) {
            return java.add(chain, new LogitsSampler(s.processor(), new TokenHistory()));
        }
        int status = addSelecting(samplers, chain, sampler);
        if (status == NOT_MINE) {
            status = addTruncating(samplers, chain, sampler);
        }
        if (status == NOT_MINE) {
            status = addWeighting(samplers, chain, sampler);
        }
        if (status == NOT_MINE) {
            throw new IllegalStateException("no function builds " + sampler);
        }
        return status;
    }

    private static int addSelecting(SamplerApi samplers, long chain, Sampler sampler) {
        if (sampler instanceof Greedy) {
            return samplers.addGreedy(chain);
        }
        if (sampler instanceof Dist s) {
            return samplers.addDist(chain, s.seed());
        }
        if (sampler instanceof Mirostat s) {
            return samplers.addMirostat(chain, s.seed(), s.tau(), s.eta(), s.m());
        }
        if (sampler instanceof MirostatV2 s) {
            return samplers.addMirostatV2(chain, s.seed(), s.tau(), s.eta());
        }
        if (sampler instanceof AdaptiveP s) {
            return samplers.addAdaptiveP(chain, s.target(), s.decay(), s.seed());
        }
        return NOT_MINE;
    }

    private static int addTruncating(SamplerApi samplers, long chain, Sampler sampler) {
        if (sampler instanceof TopK s) {
            return samplers.addTopK(chain, s.k());
        }
        if (sampler instanceof TopP s) {
            return samplers.addTopP(chain, s.p(), s.minKeep());
        }
        if (sampler instanceof MinP s) {
            return samplers.addMinP(chain, s.p(), s.minKeep());
        }
        if (sampler instanceof Typical s) {
            return samplers.addTypical(chain, s.p(), s.minKeep());
        }
        if (sampler instanceof Xtc s) {
            return samplers.addXtc(chain, s.probability(), s.threshold(), s.minKeep(), s.seed());
        }
        if (sampler instanceof TopNSigma s) {
            return samplers.addTopNSigma(chain, s.n());
        }
        if (sampler instanceof Grammar s) {
            return samplers.addGrammar(chain, NativeErrors.utf8(s.gbnf()), NativeErrors.utf8(s.root()));
        }
        if (sampler instanceof LazyGrammar s) {
            return addLazyGrammar(samplers, chain, s);
        }
        return NOT_MINE;
    }

    private static int addWeighting(SamplerApi samplers, long chain, Sampler sampler) {
        if (sampler instanceof Temperature s) {
            return samplers.addTemp(chain, s.temperature());
        }
        if (sampler instanceof DynamicTemperature s) {
            return samplers.addTempExt(chain, s.temperature(), s.delta(), s.exponent());
        }
        if (sampler instanceof Penalties s) {
            return samplers.addPenalties(chain, s.lastN(), s.repeat(), s.frequency(), s.presence());
        }
        if (sampler instanceof Dry s) {
            byte[] breakers = NativeErrors.utf8List(s.breakers());
            return samplers.addDry(
                    chain,
                    s.multiplier(),
                    s.base(),
                    s.allowedLength(),
                    s.penaltyLastN(),
                    breakers,
                    s.breakers().size());
        }
        if (sampler instanceof LogitBias s) {
            return addLogitBias(samplers, chain, s.biases());
        }
        if (sampler instanceof Infill) {
            return samplers.addInfill(chain);
        }
        return NOT_MINE;
    }

    private static int addLazyGrammar(SamplerApi samplers, long chain, LazyGrammar grammar) {
        List<String> patterns = grammar.patterns();
        int[] tokens = grammar.tokens().stream().mapToInt(Integer::intValue).toArray();
        return samplers.addGrammarLazy(
                chain,
                NativeErrors.utf8(grammar.gbnf()),
                NativeErrors.utf8(grammar.root()),
                NativeErrors.utf8List(patterns),
                patterns.size(),
                tokens,
                tokens.length);
    }

    private static int addLogitBias(SamplerApi samplers, long chain, Map<Integer, Float> biases) {
        int[] tokens = new int[biases.size()];
        float[] values = new float[tokens.length];
        int n = 0;
        for (Map.Entry<Integer, Float> bias : biases.entrySet()) {
            tokens[n] = bias.getKey();
            values[n++] = bias.getValue();
        }
        return samplers.addLogitBias(chain, tokens, values, n);
    }
}
