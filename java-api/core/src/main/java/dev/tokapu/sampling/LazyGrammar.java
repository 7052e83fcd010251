package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;
import java.util.List;

/**
 * A {@link Grammar} that begins to work when a trigger appears in the output: a pattern that matches, or a token.
 *
 * <p>llama.cpp: {@code llama_sampler_init_grammar_lazy_patterns}. A pattern is matched from the start of the output; the
 * grammar is fed from the first capturing group of the match on, or with the trigger token first.
 *
 * <p>Thread safety: immutable.
 *
 * @param gbnf the rules, in GBNF
 * @param root name of the rule to start with, usually {@code root}
 * @param patterns regular expressions (ECMAScript)
 * @param tokens token ids
 * @since 0.1
 */
public record LazyGrammar(String gbnf, String root, List<String> patterns, List<Integer> tokens) implements Sampler {
    public LazyGrammar {
        Checks.notBlank("gbnf", gbnf);
        Checks.notBlank("root", root);
        patterns = List.copyOf(patterns);
        tokens = List.copyOf(tokens);
        if (patterns.isEmpty() && tokens.isEmpty()) {
            throw new IllegalArgumentException("a lazy grammar needs a trigger: give a pattern or a token");
        }
        for (int token : tokens) {
            Checks.atLeast("trigger token", token, 0);
        }
    }
}
