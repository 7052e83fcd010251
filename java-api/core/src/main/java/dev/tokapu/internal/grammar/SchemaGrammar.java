package dev.tokapu.internal.grammar;

import dev.tokapu.exception.GrammarException;
import java.util.Map;

/**
 * Translates a JSON Schema to GBNF.
 *
 * <p>Thread safety: safe.
 */
public final class SchemaGrammar {

    private SchemaGrammar() {}

    /**
     * The grammar of the values of a schema.
     *
     * @param compact whether the values have no blanks between their parts
     * @return GBNF whose first rule is {@code root}
     * @throws GrammarException when the schema is malformed, allows no value, or cannot be made a grammar
     */
    public static String translate(String schema, boolean compact) {
        Object root = SchemaJson.read(schema);
        GrammarRules rules = new GrammarRules();
        Map<?, ?> document = root instanceof Map<?, ?> map ? map : Map.of();
        try {
            new SchemaCompiler(new SchemaDocument(document), rules, compact).run(root);
        } catch (IllegalArgumentException e) {
            throw new GrammarException("the JSON schema cannot be made a grammar: " + e.getMessage(), e);
        }
        return rules.text();
    }
}
