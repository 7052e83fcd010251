package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_GRAMMAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Grammars in sampler chains. */
class SamplerGrammarContractIT extends Contract {

    private static final byte[] NONE = new byte[0];
    private static final String DIGITS = "root ::= [0-9]+";

    private long model;

    @BeforeEach
    void load() {
        model = model();
    }

    /** A call that adds one sampler to a chain. */
    @FunctionalInterface
    private interface Add {
        int to(long sampler);
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

    private int count(long sampler) {
        int[] n = {-1};
        ok(api.samplers().count(sampler, n));
        return n[0];
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "root ::= [", "nonsense", "root ::= other", "root ::= root", "start ::= \"a\""})
    void samplerAddGrammar_malformed_isRefused(String grammar) {
        long s = sampler(model);
        assertThat(api.samplers().addGrammar(s, utf8(grammar), utf8("root")))
                .as(lastError())
                .isEqualTo(ERROR_GRAMMAR);
        assertThat(count(s)).isZero();
    }

    @Test
    void samplerAddGrammar_emptyRootOrNul_isRefused() {
        long s = sampler(model);
        refused(ERROR_ARGUMENT, api.samplers().addGrammar(s, utf8(DIGITS), NONE), "root is empty");
        refused(ERROR_ARGUMENT, api.samplers().addGrammar(s, utf8(DIGITS), utf8("ro\0ot")), "NUL");
        refused(ERROR_GRAMMAR, api.samplers().addGrammar(s, utf8("root ::= \"a\0b\""), utf8("root")), "NUL");
    }

    @Test
    void samplerSample_grammar_allowsOnlyWhatItSays() {
        long context = decoded();
        long sampler = chain(s -> api.samplers().addGrammar(s, utf8(DIGITS), utf8("root")), api.samplers()::addGreedy);
        for (int i = 0; i < 5; i++) {
            int token = sample(sampler, context);
            assertThat(text((buf, length) -> api.vocab().tokenPiece(model, token, 0, buf, length)))
                    .matches("[0-9]+|");
        }
    }

    @Test
    void samplerAccept_forbiddenToken_isAnErrorUntilReset() {
        long context = decoded();
        long sampler = chain(s -> api.samplers().addGrammar(s, utf8(DIGITS), utf8("root")), api.samplers()::addGreedy);
        int letter = tokenOf(model, "x");

        refused(ERROR_GRAMMAR, api.samplers().accept(sampler, letter), "grammar");
        refused(ERROR_GRAMMAR, api.samplers().accept(sampler, letter), "reset");
        refused(ERROR_GRAMMAR, api.samplers().sample(sampler, context, -1, new int[1]), "reset");
        refused(ERROR_GRAMMAR, api.samplers().clone(sampler, new long[1]), "reset");
        ok(api.samplers().reset(sampler));
        sample(sampler, context);
    }

    @Test
    void samplerAddGrammarLazy_trigger_startsTheGrammar() {
        long context = decoded();
        int colon = tokenOf(model, ":");
        int letter = tokenOf(model, "x");
        long byToken = chain(
                s -> api.samplers()
                        .addGrammarLazy(s, utf8("root ::= \":\" [0-9]+"), utf8("root"), NONE, 0, new int[] {colon}, 1),
                api.samplers()::addGreedy);

        ok(api.samplers().accept(byToken, letter));
        ok(api.samplers().accept(byToken, colon));
        assertThat(api.samplers().accept(byToken, letter)).isEqualTo(ERROR_GRAMMAR);
        ok(api.samplers().reset(byToken));

        long byPattern = chain(
                s -> api.samplers()
                        .addGrammarLazy(
                                s,
                                utf8("root ::= \"x\" [0-9]+"),
                                utf8("root"),
                                utf8("[\\s\\S]*?(x)\0"),
                                1,
                                new int[0],
                                0),
                api.samplers()::addGreedy);
        ok(api.samplers().accept(byPattern, letter));
        int digit = sample(byPattern, context);
        assertThat(text((buf, length) -> api.vocab().tokenPiece(model, digit, 0, buf, length)))
                .matches("[0-9]");
    }

    @Test
    void samplerAddGrammarLazy_badTriggers_areRefused() {
        long s = sampler(model);
        byte[] root = utf8("root");
        byte[] digits = utf8(DIGITS);
        refused(ERROR_GRAMMAR, api.samplers().addGrammarLazy(s, digits, root, utf8("([\0"), 1, new int[0], 0), "([");
        refused(ERROR_ARGUMENT, api.samplers().addGrammarLazy(s, digits, root, NONE, 0, new int[0], 0), "trigger");
        refused(ERROR_ARGUMENT, api.samplers().addGrammarLazy(s, digits, root, NONE, 0, new int[] {-1}, 1), "-1");
        refused(ERROR_ARGUMENT, api.samplers().addGrammarLazy(s, digits, root, NONE, -1, new int[0], 0));
        refused(ERROR_ARGUMENT, api.samplers().addGrammarLazy(s, digits, root, NONE, 0, new int[0], -1));
        assertThatThrownBy(() -> api.samplers().addGrammarLazy(s, digits, root, utf8("a"), 1, new int[0], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.samplers().addGrammarLazy(s, digits, root, NONE, 0, new int[0], 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(count(s)).isZero();
    }
}
