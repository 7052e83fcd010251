package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;
import java.util.List;

/**
 * Ends thoughts: when a thought has had its budget, or on {@link SamplerChain#endReasoning}, the tokens that end it are the only
 * candidates. It must be the first of a chain. A {@link LazyGrammar} of the chain does not look at thoughts.
 *
 * <p>llama.cpp: {@code common_reasoning_budget_init}. Chat sessions and engines make it of the tags of the chat template.
 *
 * <p>Thread safety: immutable.
 *
 * @param start the token ids of the text that begins a thought
 * @param ends those of the texts that end one
 * @param forced what ends a thought that has had its budget, usually a text and one of the ends
 * @param budget how many tokens a thought may have, {@link Integer#MAX_VALUE} for no limit
 * @param thinking whether the answer begins inside a thought
 * @since 0.1
 */
public record ReasoningBudget(
        List<Integer> start, List<List<Integer>> ends, List<Integer> forced, int budget, boolean thinking)
        implements Sampler {
    public ReasoningBudget {
        start = checked("start", start);
        ends = ends.stream().map(end -> checked("an end", end)).toList();
        forced = checked("forced", forced);
        if (ends.isEmpty()) {
            throw new IllegalArgumentException("a reasoning budget needs an end of a thought");
        }
        Checks.atLeast("budget", budget, 0);
    }

    private static List<Integer> checked(String name, List<Integer> tokens) {
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException(name + " of a reasoning budget has no tokens; give at least one");
        }
        tokens.forEach(token -> Checks.atLeast("a token of " + name, token, 0));
        return List.copyOf(tokens);
    }
}
