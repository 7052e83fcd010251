package dev.tokapu.internal.grammar;

import dev.tokapu.exception.GrammarException;
import java.util.Map;

/**
 * Translates a JSON Schema to GBNF.
 *
 * <p>Thread safety: safe.
 */
public final class SchemaGrammar {

    private static final int MOST_CHARACTERS = 4 << 20;

    private static final RecentTexts COMPACT = new RecentTexts(MOST_CHARACTERS, schema -> compile(schema, true));
    private static final RecentTexts SPACED = new RecentTexts(MOST_CHARACTERS, schema -> compile(schema, false));

    private SchemaGrammar() {}

    /**
     * The grammar of the values of a schema; those of the last schemas are kept.
     *
     * @param compact whether the values have no blanks between their parts
     * @return GBNF whose first rule is {@code root}
     * @throws GrammarException when the schema is malformed, allows no value, or cannot be made a grammar
     */
    public static String translate(String schema, boolean compact) {
        return (compact ? COMPACT : SPACED).of(schema);
    }

    private static String compile(String schema, boolean compact) {
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
