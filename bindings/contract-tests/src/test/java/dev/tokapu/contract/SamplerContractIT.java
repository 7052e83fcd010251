package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sampler chains: every kind, its arguments, sampling. */
class SamplerContractIT extends Contract {

    private static final byte[] NONE = new byte[0];

    private long model;
    private int vocabSize;

    @BeforeEach
    void load() {
        model = model();
        vocabSize = vocabSize(model);
    }

    /** A call that adds one sampler to a chain. */
    @FunctionalInterface
    private interface Add {
        int to(long sampler);
    }

    private record Kind(String name, Add add, boolean selects) {}

    private List<Kind> kinds() {
        byte[] breakers = utf8("\n\0:\0");
        return List.of(
                new Kind("greedy", api.samplers()::addGreedy, true),
                new Kind("dist", s -> api.samplers().addDist(s, 1), true),
                new Kind("top-k", s -> api.samplers().addTopK(s, 40), false),
                new Kind("top-p", s -> api.samplers().addTopP(s, 0.9f, 1), false),
                new Kind("min-p", s -> api.samplers().addMinP(s, 0.05f, 1), false),
                new Kind("typical", s -> api.samplers().addTypical(s, 0.9f, 1), false),
                new Kind("temp", s -> api.samplers().addTemp(s, 0.8f), false),
                new Kind("temp-ext", s -> api.samplers().addTempExt(s, 0.8f, 0.1f, 1), false),
                new Kind("xtc", s -> api.samplers().addXtc(s, 0.5f, 0.1f, 1, 7), false),
                new Kind("top-n-sigma", s -> api.samplers().addTopNSigma(s, 1), false),
                new Kind("mirostat", s -> api.samplers().addMirostat(s, 7, 5, 0.1f, 100), true),
                new Kind("mirostat-v2", s -> api.samplers().addMirostatV2(s, 7, 5, 0.1f), true),
                new Kind(
                        "reasoning-budget",
                        s -> api.reasoning()
                                .addBudget(s, new int[] {5}, new int[] {6}, new int[] {1}, 1, new int[] {6}, 9, 0),
                        false),
                new Kind("grammar", s -> api.samplers().addGrammar(s, utf8("root ::= .*"), utf8("root")), false),
                new Kind("penalties", s -> api.samplers().addPenalties(s, 64, 1.1f, 0.1f, 0.1f), false),
                new Kind("dry", s -> api.samplers().addDry(s, 0.8f, 1.75f, 2, 64, breakers, 2), false),
                new Kind("adaptive-p", s -> api.samplers().addAdaptiveP(s, 0.5f, 0.9f, 7), true),
                new Kind(
                        "logit-bias",
                        s -> api.samplers().addLogitBias(s, new int[] {5, 6}, new float[] {1, -1}, 2),
                        false),
                new Kind("infill", api.samplers()::addInfill, false));
    }

    private long chain(Add... adds) {
        long sampler = sampler(model);
        for (Add add : adds) {
            ok(add.to(sampler));
        }
        return sampler;
    }

    private long decoded() {
        long context = context(model);
        ok(decodeTokens(context, tokenize(model, "the ring and")));
        return context;
    }

    private int sample(long sampler, long context) {
        int[] token = new int[1];
        ok(api.samplers().sample(sampler, context, -1, token));
        return token[0];
    }

    private String nameAt(long sampler, int index) {
        return text((buf, length) -> api.samplers().name(sampler, index, buf, length));
    }

    private int count(long sampler) {
        int[] n = {-1};
        ok(api.samplers().count(sampler, n));
        return n[0];
    }

    // --- kinds

    @TestFactory
    Stream<DynamicTest> samplers_everyKind_isNamedCountedClonedAndSamples() {
        List<DynamicTest> tests = new ArrayList<>();
        long context = decoded();
        for (Kind kind : kinds()) {
            tests.add(DynamicTest.dynamicTest(kind.name, () -> {
                long sampler = chain(kind.add);
                assertThat(count(sampler)).isEqualTo(1);
                assertThat(nameAt(sampler, 0)).isNotBlank();
                if (!kind.selects) {
                    refused(ERROR_ARGUMENT, api.samplers().sample(sampler, context, -1, new int[1]), "does not select");
                    ok(api.samplers().addGreedy(sampler));
                }
                long[] clone = new long[1];
                ok(api.samplers().clone(sampler, clone));
                cleanup(() -> api.samplers().free(clone[0]));
                int token = sample(sampler, context);
                assertThat(token).isBetween(0, vocabSize - 1);
                assertThat(sample(clone[0], context)).isEqualTo(token);
                ok(api.samplers().accept(sampler, 100));
                ok(api.samplers().reset(sampler));
            }));
        }
        return tests.stream();
    }

    @Test
    void samplerSample_greedy_takesTheLargestLogit() {
        long context = decoded();
        assertThat(sample(chain(api.samplers()::addGreedy), context)).isEqualTo(argmax(logits(context, -1, vocabSize)));
    }

    @Test
    void samplerSample_sameSeed_givesTheSameTokens() {
        long context = decoded();
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        long a = chain(s -> api.samplers().addTemp(s, 2), s -> api.samplers().addDist(s, 1234));
        long b = chain(s -> api.samplers().addTemp(s, 2), s -> api.samplers().addDist(s, 1234));
        for (int i = 0; i < 50; i++) {
            first.add(sample(a, context));
            second.add(sample(b, context));
        }
        assertThat(first).isEqualTo(second);
        assertThat(new java.util.HashSet<>(first)).hasSizeGreaterThan(3);
    }

    @Test
    void samplerSeed_chain_tellsIt() {
        int[] seed = new int[1];
        ok(api.samplers().seed(chain(s -> api.samplers().addDist(s, 1234)), seed));
        assertThat(seed[0]).isEqualTo(1234);
        ok(api.samplers().seed(chain(api.samplers()::addGreedy), seed));
        assertThat(seed[0]).isEqualTo(-1);
    }

    @Test
    void samplerName_indexOutOfRange_isRefused() {
        long sampler = chain(api.samplers()::addGreedy);
        assertThat(nameAt(sampler, 0)).isEqualTo("greedy");
        for (int index : new int[] {-1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            refused(ERROR_ARGUMENT, api.samplers().name(sampler, index, new byte[9], new int[1]), "" + index);
        }
        refused(ERROR_ARGUMENT, api.samplers().name(sampler(model), 0, new byte[9], new int[1]));
    }

    // --- arguments

    @Test
    void samplerAdd_notANumberOrOutOfRange_isRefusedAndAddsNothing() {
        long s = sampler(model);
        for (float bad : new float[] {Float.NaN, -0.1f, 1.1f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            refused(ERROR_ARGUMENT, api.samplers().addTopP(s, bad, 1));
            refused(ERROR_ARGUMENT, api.samplers().addMinP(s, bad, 1));
            refused(ERROR_ARGUMENT, api.samplers().addTypical(s, bad, 1));
            refused(ERROR_ARGUMENT, api.samplers().addXtc(s, bad, 0.1f, 1, 1));
            refused(ERROR_ARGUMENT, api.samplers().addXtc(s, 0.1f, bad, 1, 1));
        }
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            refused(ERROR_ARGUMENT, api.samplers().addTemp(s, bad));
            refused(ERROR_ARGUMENT, api.samplers().addTempExt(s, bad, 0, 1));
            refused(ERROR_ARGUMENT, api.samplers().addTempExt(s, 1, bad, 1));
            refused(ERROR_ARGUMENT, api.samplers().addTempExt(s, 1, 0, bad));
            refused(ERROR_ARGUMENT, api.samplers().addTopNSigma(s, bad));
            refused(ERROR_ARGUMENT, api.samplers().addMirostat(s, 1, bad, 0.1f, 100));
            refused(ERROR_ARGUMENT, api.samplers().addMirostatV2(s, 1, 5, bad));
            refused(ERROR_ARGUMENT, api.samplers().addPenalties(s, 64, bad, 0, 0));
            refused(ERROR_ARGUMENT, api.samplers().addPenalties(s, 64, 1, bad, 0));
            refused(ERROR_ARGUMENT, api.samplers().addPenalties(s, 64, 1, 0, bad));
            refused(ERROR_ARGUMENT, api.samplers().addDry(s, bad, 1.75f, 2, 64, NONE, 0));
            refused(ERROR_ARGUMENT, api.samplers().addDry(s, 1, bad, 2, 64, NONE, 0));
            refused(ERROR_ARGUMENT, api.samplers().addAdaptiveP(s, bad, 0.9f, 1));
            refused(ERROR_ARGUMENT, api.samplers().addAdaptiveP(s, 0.5f, bad, 1));
        }
        assertThat(count(s)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE})
    void samplerAdd_negativeCounts_areRefused(int bad) {
        long s = sampler(model);
        refused(ERROR_ARGUMENT, api.samplers().addTopP(s, 0.9f, bad));
        refused(ERROR_ARGUMENT, api.samplers().addMinP(s, 0.9f, bad));
        refused(ERROR_ARGUMENT, api.samplers().addTypical(s, 0.9f, bad));
        refused(ERROR_ARGUMENT, api.samplers().addXtc(s, 0.1f, 0.1f, bad, 1));
        refused(ERROR_ARGUMENT, api.samplers().addMirostat(s, 1, 5, 0.1f, bad));
        refused(ERROR_ARGUMENT, api.samplers().addPenalties(s, Math.min(bad, -2), 1, 0, 0));
        refused(ERROR_ARGUMENT, api.samplers().addDry(s, 1, 1.75f, bad, 64, NONE, 0));
        refused(ERROR_ARGUMENT, api.samplers().addDry(s, 1, 1.75f, 2, bad, NONE, 0));
        refused(ERROR_ARGUMENT, api.samplers().addDry(s, 1, 1.75f, 2, 64, NONE, bad));
        refused(ERROR_ARGUMENT, api.samplers().addLogitBias(s, new int[1], new float[1], bad));
        assertThat(count(s)).isZero();
    }

    @Test
    void samplerAddLogitBias_badTokensOrBiases_areRefused() {
        long s = sampler(model);
        refused(ERROR_ARGUMENT, api.samplers().addLogitBias(s, new int[] {-1}, new float[1], 1), "-1");
        refused(ERROR_ARGUMENT, api.samplers().addLogitBias(s, new int[] {vocabSize}, new float[1], 1), "" + vocabSize);
        refused(ERROR_ARGUMENT, api.samplers().addLogitBias(s, new int[1], new float[] {Float.NaN}, 1), "NaN");
        assertThatThrownBy(() -> api.samplers().addLogitBias(s, new int[1], new float[2], 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.samplers().addLogitBias(s, new int[2], new float[1], 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        ok(api.samplers().addLogitBias(s, new int[0], new float[0], 0));
    }

    @Test
    void samplerAddLogitBias_minusInfinity_forbidsTheToken() {
        long context = decoded();
        int best = argmax(logits(context, -1, vocabSize));
        long sampler = chain(
                s -> api.samplers().addLogitBias(s, new int[] {best}, new float[] {Float.NEGATIVE_INFINITY}, 1),
                api.samplers()::addGreedy);
        assertThat(sample(sampler, context)).isNotEqualTo(best);
    }

    @Test
    void samplerAddDry_fewerTextsThanTold_isRefusedInJava() {
        long s = sampler(model);
        assertThatThrownBy(() -> api.samplers().addDry(s, 1, 1.75f, 2, 64, utf8("a\0b"), 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    // --- sampling

    @Test
    void samplerSample_withoutLogits_isRefused() {
        long sampler = chain(api.samplers()::addGreedy);
        long context = context(model);
        refused(ERROR_ARGUMENT, api.samplers().sample(sampler, context, -1, new int[1]), "decode a batch first");
        ok(decodeTokens(context, 5, 6));
        refused(ERROR_ARGUMENT, api.samplers().sample(sampler, context, 0, new int[1]), "token 0");
        refused(ERROR_ARGUMENT, api.samplers().sample(sampler, context, 2, new int[1]), "index 2");
        refused(ERROR_ARGUMENT, api.samplers().sample(sampler(model), context, -1, new int[1]), "does not select");
    }

    @Test
    void samplerSample_contextOfAnotherModel_isRefused() {
        long sampler = chain(api.samplers()::addGreedy);
        long other = context(model());
        ok(decodeTokens(other, 5));
        refused(ERROR_ARGUMENT, api.samplers().sample(sampler, other, -1, new int[1]), "different models");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void samplerAccept_tokenOutOfRange_isRefused(int token) {
        refused(ERROR_ARGUMENT, api.samplers().accept(chain(api.samplers()::addGreedy), token), "" + token);
    }
}
