package dev.tokapu.sampling;

import dev.tokapu.internal.grammar.GbnfText;
import dev.tokapu.internal.grammar.RegexGrammar;
import dev.tokapu.internal.grammar.SchemaGrammar;
import dev.tokapu.internal.util.Checks;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Removes the candidates that a grammar does not allow at this point.
 *
 * <p>llama.cpp: {@code llama_sampler_init_grammar}; the notation is GBNF, described in llama.cpp's {@code grammars/README.md}.
 * A grammar that is malformed or exceeds the limits of {@code docs/structured-output.md} is a
 * {@link dev.tokapu.exception.GrammarException} when the chain is built.
 *
 * <p>Thread safety: immutable.
 *
 * @param gbnf the rules
 * @param root name of the rule to start with, usually {@code root}
 * @since 0.1
 */
public record Grammar(String gbnf, String root) implements Sampler {

    private static final String ROOT = "root";

    public Grammar {
        Checks.notBlank("gbnf", gbnf);
        Checks.notBlank("root", root);
    }

    /**
     * The grammar whose texts are the JSON values of a JSON Schema, with or without blanks between their parts. Properties
     * come in the order of the schema. Some keywords cannot be enforced by a grammar, for example {@code uniqueItems};
     * {@code docs/structured-output.md} lists them: validate the finished text where they matter.
     *
     * @param schemaJson the schema, at most 1 MiB
     * @return the grammar
     * @throws dev.tokapu.exception.GrammarException when the schema is malformed, allows no value, refers to other documents, is too
     *     large, or holds a pattern that no grammar can say; the message has the place
     */
    public static Grammar ofJsonSchema(String schemaJson) {
        return new Grammar(SchemaGrammar.translate(schemaJson, false), ROOT);
    }

    /**
     * As {@link #ofJsonSchema}, without any blanks between the parts: a model spends fewer tokens, and cannot go on writing
     * blanks.
     *
     * @param schemaJson the schema, at most 1 MiB
     * @return the grammar
     * @throws dev.tokapu.exception.GrammarException as there
     */
    public static Grammar ofJsonSchemaCompact(String schemaJson) {
        return new Grammar(SchemaGrammar.translate(schemaJson, true), ROOT);
    }

    /**
     * The grammar whose texts match a regular expression as a whole, as with {@link java.util.regex.Matcher#matches()}.
     * Characters, escapes, classes, {@code .}, groups, alternatives, quantifiers, anchors and look-ahead are supported;
     * {@code docs/structured-output.md} has the list.
     *
     * @param regex the regular expression, in the syntax of {@link java.util.regex.Pattern}
     * @return the grammar
     * @throws IllegalArgumentException when it is malformed, or holds something that no grammar can say (look-behind,
     *     references to groups, word boundaries); the message has the index
     */
    public static Grammar ofRegex(String regex) {
        return new Grammar(RegexGrammar.translate(regex), ROOT);
    }

    /**
     * The grammar whose texts are exactly these.
     *
     * @param choices the texts, at least one
     * @return the grammar
     */
    public static Grammar ofChoices(String... choices) {
        return ofChoices(List.of(choices));
    }

    /**
     * The grammar whose texts are exactly these.
     *
     * @param choices the texts, at least one
     * @return the grammar
     */
    public static Grammar ofChoices(List<String> choices) {
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("there is no text to choose; give at least one");
        }
        String alternatives = choices.stream().distinct().map(GbnfText::literal).collect(Collectors.joining(" | "));
        return new Grammar(ROOT + " ::= " + alternatives + "\n", ROOT);
    }
}
