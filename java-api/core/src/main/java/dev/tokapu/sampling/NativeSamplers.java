package dev.tokapu.sampling;

import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.spi.NativeApi;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Native chains and the samplers in them: the one place that knows which function builds which record. */
final class NativeSamplers {

    /** Appends one kind of sampler to a native chain and returns the status. */
    @FunctionalInterface
    private interface Adder<S> {

        int add(NativeApi api, long chain, S sampler);
    }

    private static final Map<Class<?>, Adder<Sampler>> ADDERS = new HashMap<>();

    static {
        adder(Greedy.class, (api, chain, s) -> api.samplers().addGreedy(chain));
        adder(Dist.class, (api, chain, s) -> api.samplers().addDist(chain, s.seed()));
        adder(Mirostat.class, (api, chain, s) -> api.samplers().addMirostat(chain, s.seed(), s.tau(), s.eta(), s.m()));
        adder(MirostatV2.class, (api, chain, s) -> api.samplers().addMirostatV2(chain, s.seed(), s.tau(), s.eta()));
        adder(AdaptiveP.class, (api, chain, s) -> api.samplers().addAdaptiveP(chain, s.target(), s.decay(), s.seed()));

        adder(TopK.class, (api, chain, s) -> api.samplers().addTopK(chain, s.k()));
        adder(TopP.class, (api, chain, s) -> api.samplers().addTopP(chain, s.p(), s.minKeep()));
        adder(MinP.class, (api, chain, s) -> api.samplers().addMinP(chain, s.p(), s.minKeep()));
        adder(TypicalP.class, (api, chain, s) -> api.samplers().addTypical(chain, s.p(), s.minKeep()));
        adder(TopNSigma.class, (api, chain, s) -> api.samplers().addTopNSigma(chain, s.n()));
        adder(
                Xtc.class,
                (api, chain, s) -> api.samplers().addXtc(chain, s.probability(), s.threshold(), s.minKeep(), s.seed()));

        adder(Temperature.class, (api, chain, s) -> api.samplers().addTemp(chain, s.temperature()));
        adder(
                DynamicTemperature.class,
                (api, chain, s) -> api.samplers().addTempExt(chain, s.temperature(), s.delta(), s.exponent()));
        adder(
                Penalties.class,
                (api, chain, s) ->
                        api.samplers().addPenalties(chain, s.lastN(), s.repeat(), s.frequency(), s.presence()));
        adder(Dry.class, NativeSamplers::addDry);
        adder(LogitBias.class, NativeSamplers::addLogitBias);
        adder(Infill.class, (api, chain, s) -> api.samplers().addInfill(chain));

        adder(
                Grammar.class,
                (api, chain, s) ->
                        api.samplers().addGrammar(chain, NativeErrors.utf8(s.gbnf()), NativeErrors.utf8(s.root())));
        adder(LazyGrammar.class, NativeSamplers::addLazyGrammar);
        adder(ReasoningBudget.class, NativeSamplers::addReasoningBudget);
    }

    private NativeSamplers() {}

    /** The owner of a native chain, which frees it. */
    static NativeHandle own(NativeApi api, long id) {
        return NativeHandle.confined(
                api,
                id,
                "SamplerChain",
                (functions, freed) -> functions.samplers().free(freed),
                null);
    }

    private static <S extends Sampler> void adder(Class<S> type, Adder<S> adder) {
        ADDERS.put(type, (api, chain, sampler) -> adder.add(api, chain, type.cast(sampler)));
    }

    /** Whether a native function builds samplers of this class. */
    static boolean builds(Class<?> type) {
        return ADDERS.containsKey(type);
    }

    /** Appends a sampler to a native chain and returns the status. */
    static int add(NativeApi api, long chain, Sampler sampler, JavaSamplers java) {
        if (sampler instanceof CustomSampler custom) {
            return java.add(chain, custom);
        }
        if (sampler instanceof CustomLogits logits) {
            return java.add(chain, new LogitsSampler(logits.processor(), new TokenHistory()));
        }
        Adder<Sampler> adder = ADDERS.get(sampler.getClass());
        if (adder == null) {
            throw new IllegalStateException("no function builds " + sampler);
        }
        return adder.add(api, chain, sampler);
    }

    private static int addDry(NativeApi api, long chain, Dry dry) {
        List<String> breakers = dry.breakers();
        return api.samplers()
                .addDry(
                        chain,
                        dry.multiplier(),
                        dry.base(),
                        dry.allowedLength(),
                        dry.penaltyLastN(),
                        NativeErrors.utf8List(breakers),
                        breakers.size());
    }

    private static int addLazyGrammar(NativeApi api, long chain, LazyGrammar grammar) {
        List<String> patterns = grammar.patterns();
        int[] tokens = ids(grammar.tokens());
        return api.samplers()
                .addGrammarLazy(
                        chain,
                        NativeErrors.utf8(grammar.gbnf()),
                        NativeErrors.utf8(grammar.root()),
                        NativeErrors.utf8List(patterns),
                        patterns.size(),
                        tokens,
                        tokens.length);
    }

    private static int addReasoningBudget(NativeApi api, long chain, ReasoningBudget budget) {
        int[] lengths = budget.ends().stream().mapToInt(List::size).toArray();
        int[] ends = ids(budget.ends().stream().flatMap(List::stream).toList());
        return api.reasoning()
                .addBudget(
                        chain,
                        ids(budget.start()),
                        ends,
                        lengths,
                        lengths.length,
                        ids(budget.forced()),
                        budget.budget(),
                        budget.thinking() ? 1 : 0);
    }

    private static int[] ids(List<Integer> tokens) {
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int addLogitBias(NativeApi api, long chain, LogitBias bias) {
        int[] tokens = new int[bias.biases().size()];
        float[] values = new float[tokens.length];
        int n = 0;
        for (Map.Entry<Integer, Float> entry : bias.biases().entrySet()) {
            tokens[n] = entry.getKey();
            values[n++] = entry.getValue();
        }
        return api.samplers().addLogitBias(chain, tokens, values, n);
    }
}
