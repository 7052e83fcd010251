package dev.tokapu.internal.grammar;

/**
 * The rules of values of which nothing more is asked than their type.
 *
 * <p>Thread safety: confined.
 */
final class SchemaBasics {

    /** Escapes make no halves of surrogate pairs, which are no text. */
    private static final String CHARACTER = "[^\"\\\\\\x00-\\x1F] | \"\\\\\" ([\"\\\\bfnrt] | \"u\" "
            + "([0-9a-cefA-CEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))";

    private final GrammarRules rules;
    private final SchemaLayout layout;
    private final RegexText numbers;
    private String value = "";

    SchemaBasics(GrammarRules rules, SchemaLayout layout, RegexText numbers) {
        this.rules = rules;
        this.layout = layout;
        this.numbers = numbers;
    }

    String character() {
        return rules.rule("char", CHARACTER);
    }

    String string() {
        return rules.rule("string", "\"\\\"\" " + character() + "* \"\\\"\"");
    }

    String bool() {
        return rules.rule("boolean", "\"true\" | \"false\"");
    }

    String none() {
        return "\"null\"";
    }

    /** Any value. */
    String value() {
        if (value.isEmpty()) {
            value = rules.reserve("value");
            SchemaCounts any = new SchemaCounts(0, Regex.ENDLESS);
            String pair = SchemaLayout.sequence(layout.keyOf(string()), value);
            String object = rules.rule("object", layout.list('{', pair, any, '}'));
            String array = rules.rule("array", layout.list('[', value, any, ']'));
            String number = rules.rule("number", numbers.write(NumberText.anyNumber()));
            rules.define(value, String.join(" | ", object, array, string(), number, bool(), none()));
        }
        return value;
    }
}
