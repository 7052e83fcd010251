package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Budgets of thoughts in sampler chains: 5 begins a thought, 6 7 ends it, 8 6 7 is forced. */
class ReasoningBudgetContractIT extends Contract {

    private static final int[] START = {5};
    private static final int[] ENDS = {6, 7, 9};
    private static final int[] LENGTHS = {2, 1};
    private static final int[] FORCED = {8, 6, 7};

    private long model;

    @BeforeEach
    void load() {
        model = model();
    }

    private long chain(int budget, boolean thinking) {
        long sampler = sampler(model);
        ok(api.reasoning().addBudget(sampler, START, ENDS, LENGTHS, 2, FORCED, budget, thinking ? 1 : 0));
        ok(api.samplers().addGreedy(sampler));
        return sampler;
    }

    private long decoded() {
        long context = context(model);
        ok(decodeTokens(context, tokenize(model, "the ring and")));
        return context;
    }

    private int[] sample(long sampler, long context, int n) {
        int[] tokens = new int[n];
        int[] token = new int[1];
        for (int i = 0; i < n; i++) {
            ok(api.samplers().sample(sampler, context, -1, token));
            tokens[i] = token[0];
        }
        return tokens;
    }

    @Test
    void budget_spent_forcesTheEnd() {
        long context = decoded();
        long free = sampler(model);
        ok(api.samplers().addGreedy(free));
        int likely = sample(free, context, 1)[0];
        assertThat(likely).isGreaterThan(9);

        assertThat(sample(chain(2, true), context, 6)).containsExactly(likely, likely, 8, 6, 7, likely);
        assertThat(sample(chain(0, true), context, 4)).containsExactly(8, 6, 7, likely);
        assertThat(sample(chain(2, false), context, 6)).containsOnly(likely);
    }

    @Test
    void endReasoning_insideAThought_forcesTheEnd() {
        long context = decoded();
        long sampler = chain(Integer.MAX_VALUE, false);
        ok(api.reasoning().end(sampler));
        int likely = sample(sampler, context, 1)[0];
        ok(api.samplers().accept(sampler, START[0]));
        assertThat(sample(sampler, context, 2)).containsOnly(likely);
        long copy = cloneOf(sampler);
        ok(api.reasoning().end(sampler));
        assertThat(sample(sampler, context, 4)).containsExactly(8, 6, 7, likely);
        assertThat(sample(copy, context, 4)).containsOnly(likely);
        ok(api.samplers().free(copy));
    }

    private long cloneOf(long sampler) {
        long[] clone = new long[1];
        ok(api.samplers().clone(sampler, clone));
        return clone[0];
    }

    @Test
    void reset_afterAThought_beginsAgain() {
        long context = decoded();
        long sampler = chain(1, true);
        int[] first = sample(sampler, context, 5);
        ok(api.samplers().reset(sampler));
        assertThat(sample(sampler, context, 5)).isEqualTo(first);
    }

    @Test
    void lazyGrammar_duringAThought_doesNotLook() {
        long context = decoded();
        long sampler = sampler(model);
        ok(api.reasoning().addBudget(sampler, START, ENDS, LENGTHS, 2, FORCED, Integer.MAX_VALUE, 0));
        ok(api.samplers()
                .addGrammarLazy(
                        sampler, utf8("root ::= <[10]> <[11]>"), utf8("root"), new byte[0], 0, new int[] {10}, 1));
        ok(api.samplers().addGreedy(sampler));
        int likely = sample(sampler, context, 1)[0];
        ok(api.samplers().accept(sampler, START[0]));
        ok(api.samplers().accept(sampler, 10));
        assertThat(sample(sampler, context, 1)).containsExactly(likely);
        ok(api.samplers().accept(sampler, 9));
        ok(api.samplers().accept(sampler, 10));
        assertThat(sample(sampler, context, 1)).containsExactly(11);
    }

    @Test
    void acceptPrompt_isNoThought() {
        long context = decoded();
        long sampler = chain(0, false);
        ok(api.samplers().acceptPrompt(sampler, START, 1));
        assertThat(sample(sampler, context, 1)[0]).isGreaterThan(9);
    }

    @Test
    void addReasoningBudget_badArguments_areRefused() {
        long s = sampler(model);
        refusedWith(s, new int[0], ENDS, LENGTHS, 2, FORCED, 1, 0, "start");
        refusedWith(s, new int[] {-1}, ENDS, LENGTHS, 2, FORCED, 1, 0, "start");
        refusedWith(s, START, ENDS, LENGTHS, 0, FORCED, 1, 0, "n_ends");
        refusedWith(s, START, ENDS, new int[] {0, 1}, 2, FORCED, 1, 0, "an end");
        refusedWith(s, START, ENDS, LENGTHS, 2, new int[0], 1, 0, "forced");
        refusedWith(s, START, ENDS, LENGTHS, 2, FORCED, -1, 0, "budget");
        refusedWith(s, START, ENDS, LENGTHS, 2, FORCED, 1, 2, "thinking");
        assertThatThrownBy(() -> api.reasoning().addBudget(s, START, ENDS, new int[] {3, 1}, 2, FORCED, 1, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        ok(api.samplers().addTopK(s, 5));
        refusedWith(s, START, ENDS, LENGTHS, 2, FORCED, 1, 0, "first sampler");
        refused(ERROR_UNSUPPORTED, api.reasoning().end(s), "no reasoning budget");
        refused(ERROR_HANDLE, api.reasoning().end(model), "");
    }

    private void refusedWith(
            long sampler,
            int[] start,
            int[] ends,
            int[] lengths,
            int nEnds,
            int[] forced,
            int budget,
            int thinking,
            String word) {
        refused(
                ERROR_ARGUMENT,
                api.reasoning().addBudget(sampler, start, ends, lengths, nEnds, forced, budget, thinking),
                word);
    }
}
