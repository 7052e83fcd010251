package dev.tokapu.internal.grammar;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Translates a regular expression to GBNF. What it cannot translate it refuses, with the index.
 *
 * <p>Thread safety: safe.
 */
public final class RegexGrammar {

    private RegexGrammar() {}

    /**
     * The grammar of the texts that match as a whole.
     *
     * @param regex in the syntax of {@link Pattern}
     * @return GBNF whose first rule is {@code root}
     * @throws IllegalArgumentException when it is malformed, or holds something that no grammar can say
     */
    public static String translate(String regex) {
        RegexParser.checkSize(regex);
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + RegexParser.shortened(regex) + "' is not a regular expression: " + e.getDescription()
                            + " at index " + e.getIndex(),
                    e);
        }
        Regex parsed = RegexParser.parse(regex, RegexDialect.JAVA, new RegexProperties());
        GrammarRules rules = new GrammarRules();
        CharacterText characters = new CharacterText(rules, false);
        Regex body = RegexAnchors.removed(parsed);
        if (body != null && RegexText.canWrite(body)) {
            rules.define(GrammarRules.ROOT, "(" + new RegexText(characters).write(body) + ")");
            return rules.text();
        }
        try {
            Languages languages = new Languages();
            Automaton automaton = new Automaton(languages, new RegexLanguage(languages).whole(parsed));
            if (automaton.isEmpty()) {
                throw new IllegalArgumentException("no text matches it");
            }
            rules.define(GrammarRules.ROOT, automaton.write(rules, characters));
            return rules.text();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the regular expression '" + RegexParser.shortened(regex) + "' cannot be made a grammar: "
                            + e.getMessage(),
                    e);
        }
    }
}
