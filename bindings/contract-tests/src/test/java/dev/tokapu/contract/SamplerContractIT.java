package dev.tokapu.contract;

import static dev.tokapu.spi.NativeConstants.ERROR_ARGUMENT;
import static dev.tokapu.spi.NativeConstants.ERROR_GRAMMAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerContractIT extends Contract {

    private static final byte[] NONE = new byte[0];
    private static final String DIGITS = "root ::= [0-9]+";

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
                new Kind("greedy", api::samplerAddGreedy, true),
                new Kind("dist", s -> api.samplerAddDist(s, 1), true),
                new Kind("top-k", s -> api.samplerAddTopK(s, 40), false),
                new Kind("top-p", s -> api.samplerAddTopP(s, 0.9f, 1), false),
                new Kind("min-p", s -> api.samplerAddMinP(s, 0.05f, 1), false),
                new Kind("typical", s -> api.samplerAddTypical(s, 0.9f, 1), false),
                new Kind("temp", s -> api.samplerAddTemp(s, 0.8f), false),
                new Kind("temp-ext", s -> api.samplerAddTempExt(s, 0.8f, 0.1f, 1), false),
                new Kind("xtc", s -> api.samplerAddXtc(s, 0.5f, 0.1f, 1, 7), false),
                new Kind("top-n-sigma", s -> api.samplerAddTopNSigma(s, 1), false),
                new Kind("mirostat", s -> api.samplerAddMirostat(s, 7, 5, 0.1f, 100), true),
                new Kind("mirostat-v2", s -> api.samplerAddMirostatV2(s, 7, 5, 0.1f), true),
                new Kind("grammar", s -> api.samplerAddGrammar(s, utf8("root ::= .*"), utf8("root")), false),
                new Kind("penalties", s -> api.samplerAddPenalties(s, 64, 1.1f, 0.1f, 0.1f), false),
                new Kind("dry", s -> api.samplerAddDry(s, 0.8f, 1.75f, 2, 64, breakers, 2), false),
                new Kind("adaptive-p", s -> api.samplerAddAdaptiveP(s, 0.5f, 0.9f, 7), true),
                new Kind(
                        "logit-bias", s -> api.samplerAddLogitBias(s, new int[] {5, 6}, new float[] {1, -1}, 2), false),
                new Kind("infill", api::samplerAddInfill, false));
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
        ok(api.samplerSample(sampler, context, -1, token));
        return token[0];
    }

    private String nameAt(long sampler, int index) {
        return text((buf, length) -> api.samplerName(sampler, index, buf, length));
    }

    private int count(long sampler) {
        int[] n = {-1};
        ok(api.samplerCount(sampler, n));
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
                    refused(ERROR_ARGUMENT, api.samplerSample(sampler, context, -1, new int[1]), "does not select");
                    ok(api.samplerAddGreedy(sampler));
                }
                long[] clone = new long[1];
                ok(api.samplerClone(sampler, clone));
                cleanup(() -> api.samplerFree(clone[0]));
                int token = sample(sampler, context);
                assertThat(token).isBetween(0, vocabSize - 1);
                assertThat(sample(clone[0], context)).isEqualTo(token);
                ok(api.samplerAccept(sampler, 100));
                ok(api.samplerReset(sampler));
            }));
        }
        return tests.stream();
    }

    @Test
    void samplerSample_greedy_takesTheLargestLogit() {
        long context = decoded();
        assertThat(sample(chain(api::samplerAddGreedy), context)).isEqualTo(argmax(logits(context, -1, vocabSize)));
    }

    @Test
    void samplerSample_sameSeed_givesTheSameTokens() {
        long context = decoded();
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        long a = chain(s -> api.samplerAddTemp(s, 2), s -> api.samplerAddDist(s, 1234));
        long b = chain(s -> api.samplerAddTemp(s, 2), s -> api.samplerAddDist(s, 1234));
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
        ok(api.samplerSeed(chain(s -> api.samplerAddDist(s, 1234)), seed));
        assertThat(seed[0]).isEqualTo(1234);
        ok(api.samplerSeed(chain(api::samplerAddGreedy), seed));
        assertThat(seed[0]).isEqualTo(-1);
    }

    @Test
    void samplerName_indexOutOfRange_isRefused() {
        long sampler = chain(api::samplerAddGreedy);
        assertThat(nameAt(sampler, 0)).isEqualTo("greedy");
        for (int index : new int[] {-1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            refused(ERROR_ARGUMENT, api.samplerName(sampler, index, new byte[9], new int[1]), "" + index);
        }
        refused(ERROR_ARGUMENT, api.samplerName(sampler(model), 0, new byte[9], new int[1]));
    }

    // --- arguments

    @Test
    void samplerAdd_notANumberOrOutOfRange_isRefusedAndAddsNothing() {
        long s = sampler(model);
        for (float bad : new float[] {Float.NaN, -0.1f, 1.1f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            refused(ERROR_ARGUMENT, api.samplerAddTopP(s, bad, 1));
            refused(ERROR_ARGUMENT, api.samplerAddMinP(s, bad, 1));
            refused(ERROR_ARGUMENT, api.samplerAddTypical(s, bad, 1));
            refused(ERROR_ARGUMENT, api.samplerAddXtc(s, bad, 0.1f, 1, 1));
            refused(ERROR_ARGUMENT, api.samplerAddXtc(s, 0.1f, bad, 1, 1));
        }
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            refused(ERROR_ARGUMENT, api.samplerAddTemp(s, bad));
            refused(ERROR_ARGUMENT, api.samplerAddTempExt(s, bad, 0, 1));
            refused(ERROR_ARGUMENT, api.samplerAddTempExt(s, 1, bad, 1));
            refused(ERROR_ARGUMENT, api.samplerAddTempExt(s, 1, 0, bad));
            refused(ERROR_ARGUMENT, api.samplerAddTopNSigma(s, bad));
            refused(ERROR_ARGUMENT, api.samplerAddMirostat(s, 1, bad, 0.1f, 100));
            refused(ERROR_ARGUMENT, api.samplerAddMirostatV2(s, 1, 5, bad));
            refused(ERROR_ARGUMENT, api.samplerAddPenalties(s, 64, bad, 0, 0));
            refused(ERROR_ARGUMENT, api.samplerAddPenalties(s, 64, 1, bad, 0));
            refused(ERROR_ARGUMENT, api.samplerAddPenalties(s, 64, 1, 0, bad));
            refused(ERROR_ARGUMENT, api.samplerAddDry(s, bad, 1.75f, 2, 64, NONE, 0));
            refused(ERROR_ARGUMENT, api.samplerAddDry(s, 1, bad, 2, 64, NONE, 0));
            refused(ERROR_ARGUMENT, api.samplerAddAdaptiveP(s, bad, 0.9f, 1));
            refused(ERROR_ARGUMENT, api.samplerAddAdaptiveP(s, 0.5f, bad, 1));
        }
        assertThat(count(s)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE})
    void samplerAdd_negativeCounts_areRefused(int bad) {
        long s = sampler(model);
        refused(ERROR_ARGUMENT, api.samplerAddTopP(s, 0.9f, bad));
        refused(ERROR_ARGUMENT, api.samplerAddMinP(s, 0.9f, bad));
        refused(ERROR_ARGUMENT, api.samplerAddTypical(s, 0.9f, bad));
        refused(ERROR_ARGUMENT, api.samplerAddXtc(s, 0.1f, 0.1f, bad, 1));
        refused(ERROR_ARGUMENT, api.samplerAddMirostat(s, 1, 5, 0.1f, bad));
        refused(ERROR_ARGUMENT, api.samplerAddPenalties(s, Math.min(bad, -2), 1, 0, 0));
        refused(ERROR_ARGUMENT, api.samplerAddDry(s, 1, 1.75f, bad, 64, NONE, 0));
        refused(ERROR_ARGUMENT, api.samplerAddDry(s, 1, 1.75f, 2, bad, NONE, 0));
        refused(ERROR_ARGUMENT, api.samplerAddDry(s, 1, 1.75f, 2, 64, NONE, bad));
        refused(ERROR_ARGUMENT, api.samplerAddLogitBias(s, new int[1], new float[1], bad));
        assertThat(count(s)).isZero();
    }

    @Test
    void samplerAddLogitBias_badTokensOrBiases_areRefused() {
        long s = sampler(model);
        refused(ERROR_ARGUMENT, api.samplerAddLogitBias(s, new int[] {-1}, new float[1], 1), "-1");
        refused(ERROR_ARGUMENT, api.samplerAddLogitBias(s, new int[] {vocabSize}, new float[1], 1), "" + vocabSize);
        refused(ERROR_ARGUMENT, api.samplerAddLogitBias(s, new int[1], new float[] {Float.NaN}, 1), "NaN");
        assertThatThrownBy(() -> api.samplerAddLogitBias(s, new int[1], new float[2], 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.samplerAddLogitBias(s, new int[2], new float[1], 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        ok(api.samplerAddLogitBias(s, new int[0], new float[0], 0));
    }

    @Test
    void samplerAddLogitBias_minusInfinity_forbidsTheToken() {
        long context = decoded();
        int best = argmax(logits(context, -1, vocabSize));
        long sampler = chain(
                s -> api.samplerAddLogitBias(s, new int[] {best}, new float[] {Float.NEGATIVE_INFINITY}, 1),
                api::samplerAddGreedy);
        assertThat(sample(sampler, context)).isNotEqualTo(best);
    }

    @Test
    void samplerAddDry_fewerTextsThanTold_isRefusedInJava() {
        long s = sampler(model);
        assertThatThrownBy(() -> api.samplerAddDry(s, 1, 1.75f, 2, 64, utf8("a\0b"), 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    // --- grammar

    @ParameterizedTest
    @ValueSource(strings = {"", "root ::= [", "nonsense", "root ::= other", "root ::= root", "start ::= \"a\""})
    void samplerAddGrammar_malformed_isRefused(String grammar) {
        long s = sampler(model);
        assertThat(api.samplerAddGrammar(s, utf8(grammar), utf8("root")))
                .as(lastError())
                .isEqualTo(ERROR_GRAMMAR);
        assertThat(count(s)).isZero();
    }

    @Test
    void samplerAddGrammar_emptyRootOrNul_isRefused() {
        long s = sampler(model);
        refused(ERROR_ARGUMENT, api.samplerAddGrammar(s, utf8(DIGITS), NONE), "root is empty");
        refused(ERROR_ARGUMENT, api.samplerAddGrammar(s, utf8(DIGITS), utf8("ro\0ot")), "NUL");
        refused(ERROR_GRAMMAR, api.samplerAddGrammar(s, utf8("root ::= \"a\0b\""), utf8("root")), "NUL");
    }

    @Test
    void samplerSample_grammar_allowsOnlyWhatItSays() {
        long context = decoded();
        long sampler = chain(s -> api.samplerAddGrammar(s, utf8(DIGITS), utf8("root")), api::samplerAddGreedy);
        for (int i = 0; i < 5; i++) {
            int token = sample(sampler, context);
            assertThat(text((buf, length) -> api.tokenPiece(model, token, 0, buf, length)))
                    .matches("[0-9]+|");
        }
    }

    @Test
    void samplerAccept_forbiddenToken_isAnErrorUntilReset() {
        long context = decoded();
        long sampler = chain(s -> api.samplerAddGrammar(s, utf8(DIGITS), utf8("root")), api::samplerAddGreedy);
        int letter = tokenOf(model, "x");

        refused(ERROR_GRAMMAR, api.samplerAccept(sampler, letter), "grammar");
        refused(ERROR_GRAMMAR, api.samplerAccept(sampler, letter), "reset");
        refused(ERROR_GRAMMAR, api.samplerSample(sampler, context, -1, new int[1]), "reset");
        refused(ERROR_GRAMMAR, api.samplerClone(sampler, new long[1]), "reset");
        ok(api.samplerReset(sampler));
        sample(sampler, context);
    }

    @Test
    void samplerAddGrammarLazy_trigger_startsTheGrammar() {
        long context = decoded();
        int colon = tokenOf(model, ":");
        int letter = tokenOf(model, "x");
        long byToken = chain(
                s -> api.samplerAddGrammarLazy(
                        s, utf8("root ::= \":\" [0-9]+"), utf8("root"), NONE, 0, new int[] {colon}, 1),
                api::samplerAddGreedy);

        ok(api.samplerAccept(byToken, letter));
        ok(api.samplerAccept(byToken, colon));
        assertThat(api.samplerAccept(byToken, letter)).isEqualTo(ERROR_GRAMMAR);
        ok(api.samplerReset(byToken));

        long byPattern = chain(
                s -> api.samplerAddGrammarLazy(
                        s, utf8("root ::= \"x\" [0-9]+"), utf8("root"), utf8("[\\s\\S]*?(x)\0"), 1, new int[0], 0),
                api::samplerAddGreedy);
        ok(api.samplerAccept(byPattern, letter));
        int digit = sample(byPattern, context);
        assertThat(text((buf, length) -> api.tokenPiece(model, digit, 0, buf, length)))
                .matches("[0-9]");
    }

    @Test
    void samplerAddGrammarLazy_badTriggers_areRefused() {
        long s = sampler(model);
        byte[] root = utf8("root");
        byte[] digits = utf8(DIGITS);
        refused(ERROR_GRAMMAR, api.samplerAddGrammarLazy(s, digits, root, utf8("([\0"), 1, new int[0], 0), "([");
        refused(ERROR_ARGUMENT, api.samplerAddGrammarLazy(s, digits, root, NONE, 0, new int[0], 0), "trigger");
        refused(ERROR_ARGUMENT, api.samplerAddGrammarLazy(s, digits, root, NONE, 0, new int[] {-1}, 1), "-1");
        refused(ERROR_ARGUMENT, api.samplerAddGrammarLazy(s, digits, root, NONE, -1, new int[0], 0));
        refused(ERROR_ARGUMENT, api.samplerAddGrammarLazy(s, digits, root, NONE, 0, new int[0], -1));
        assertThatThrownBy(() -> api.samplerAddGrammarLazy(s, digits, root, utf8("a"), 1, new int[0], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.samplerAddGrammarLazy(s, digits, root, NONE, 0, new int[0], 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(count(s)).isZero();
    }

    // --- sampling

    @Test
    void samplerSample_withoutLogits_isRefused() {
        long sampler = chain(api::samplerAddGreedy);
        long context = context(model);
        refused(ERROR_ARGUMENT, api.samplerSample(sampler, context, -1, new int[1]), "decode a batch first");
        ok(decodeTokens(context, 5, 6));
        refused(ERROR_ARGUMENT, api.samplerSample(sampler, context, 0, new int[1]), "token 0");
        refused(ERROR_ARGUMENT, api.samplerSample(sampler, context, 2, new int[1]), "index 2");
        refused(ERROR_ARGUMENT, api.samplerSample(sampler(model), context, -1, new int[1]), "does not select");
    }

    @Test
    void samplerSample_contextOfAnotherModel_isRefused() {
        long sampler = chain(api::samplerAddGreedy);
        long other = context(model());
        ok(decodeTokens(other, 5));
        refused(ERROR_ARGUMENT, api.samplerSample(sampler, other, -1, new int[1]), "different models");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void samplerAccept_tokenOutOfRange_isRefused(int token) {
        refused(ERROR_ARGUMENT, api.samplerAccept(chain(api::samplerAddGreedy), token), "" + token);
    }

    // --- apply

    private int apply(long sampler, int[] tokens, float[] logits, int n, int[] left, int[] selected) {
        return api.samplerApply(sampler, tokens, logits, new float[tokens.length], n, left, selected);
    }

    @Test
    void samplerApply_topKAndGreedy_keepsTheBestInOrder() {
        long sampler = chain(s -> api.samplerAddTopK(s, 2), api::samplerAddGreedy);
        int[] tokens = {10, 11, 12, 13, 99};
        float[] logits = {1, 4, 2, 3, 99};
        int[] left = new int[1];
        int[] selected = new int[1];

        ok(apply(sampler, tokens, logits, 4, left, selected));

        assertThat(left[0]).isEqualTo(2);
        assertThat(selected[0]).isZero();
        assertThat(Arrays.copyOf(tokens, 2)).containsExactly(11, 13);
        assertThat(Arrays.copyOf(logits, 2)).containsExactly(4f, 3f);
        assertThat(tokens[4]).isEqualTo(99);
        assertThat(logits[4]).isEqualTo(99f);
    }

    @Test
    void samplerApply_dist_fillsProbabilities() {
        long sampler = chain(s -> api.samplerAddDist(s, 3));
        float[] probabilities = new float[3];
        int[] left = new int[1];
        int[] selected = {-7};
        ok(api.samplerApply(sampler, new int[] {10, 11, 12}, new float[] {1, 2, 3}, probabilities, 3, left, selected));
        assertThat(left[0]).isEqualTo(3);
        assertThat(selected[0]).isBetween(0, 2);
        assertThat(probabilities[0] + probabilities[1] + probabilities[2])
                .isCloseTo(1f, org.assertj.core.data.Offset.offset(1e-5f));
    }

    @Test
    void samplerApply_chainThatSelectsNothing_saysMinusOne() {
        int[] selected = new int[1];
        ok(apply(chain(s -> api.samplerAddTopK(s, 2)), new int[] {10, 11}, new float[2], 2, new int[1], selected));
        assertThat(selected[0]).isEqualTo(-1);
    }

    @Test
    void samplerApply_badCandidates_areRefused() {
        long s = chain(api::samplerAddGreedy);
        int[] out = new int[1];
        refused(ERROR_ARGUMENT, apply(s, new int[1], new float[1], 0, out, out), "candidates is 0");
        refused(ERROR_ARGUMENT, apply(s, new int[1], new float[1], -1, out, out), "-1");
        refused(ERROR_ARGUMENT, apply(s, new int[] {-5}, new float[1], 1, out, out), "-5");
        refused(ERROR_ARGUMENT, apply(s, new int[] {vocabSize}, new float[1], 1, out, out), "" + vocabSize);
        refused(ERROR_ARGUMENT, apply(s, new int[1], new float[] {Float.NaN}, 1, out, out), "NaN");
        assertThatThrownBy(() -> apply(s, new int[1], new float[2], 2, out, out))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> apply(s, new int[2], new float[1], 2, out, out))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.samplerApply(s, new int[2], new float[2], new float[1], 2, out, out))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
