package dev.tokapu.sampling;

/**
 * Removes the candidates that a grammar does not allow at this point.
 *
 * <p>llama.cpp: {@code llama_sampler_init_grammar}; the notation is GBNF, described in llama.cpp's {@code grammars/README.md}.
 * A malformed grammar is a {@link dev.tokapu.GrammarException} when the chain is built.
 *
 * <p>Thread safety: immutable.
 *
 * @param gbnf the rules
 * @param root name of the rule to start with, usually {@code root}
 * @since 0.1
 */
public record Grammar(String gbnf, String root) implements Sampler {
    /** Checks the values. */
    public Grammar {
        Checks.notBlank("gbnf", gbnf);
        Checks.notBlank("root", root);
    }
}
