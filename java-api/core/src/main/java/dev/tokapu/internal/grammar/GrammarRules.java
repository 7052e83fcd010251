package dev.tokapu.internal.grammar;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rules of a grammar in the making: equal ones are kept once, the names are its own.
 *
 * <p>Thread safety: confined.
 */
final class GrammarRules {

    static final String ROOT = "root";

    private static final int MAX_RULES = 4096;
    private static final int MAX_CHARACTERS = 1 << 20;

    private final Map<String, String> bodies = new LinkedHashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private int characters;

    GrammarRules() {
        bodies.put(ROOT, "");
    }

    /** The name of a rule with this body, which begins with {@code hint}. */
    String rule(String hint, String body) {
        String known = names.get(body);
        if (known != null) {
            return known;
        }
        String name = reserve(hint);
        define(name, body);
        names.put(body, name);
        return name;
    }

    /** A new name, to be defined later. */
    String reserve(String hint) {
        int count = counts.merge(hint, 1, Integer::sum);
        String name = count == 1 ? hint : hint + "-" + count;
        bodies.put(name, "");
        if (bodies.size() > MAX_RULES) {
            throw new IllegalArgumentException("its grammar has more than " + MAX_RULES + " rules");
        }
        return name;
    }

    void define(String name, String body) {
        bodies.put(name, body);
        characters += name.length() + body.length();
        if (characters > MAX_CHARACTERS) {
            throw new IllegalArgumentException("its grammar has more than " + MAX_CHARACTERS + " characters");
        }
    }

    void remove(String name) {
        bodies.remove(name);
    }

    String text() {
        StringBuilder out = new StringBuilder(characters + 16 * bodies.size());
        bodies.forEach(
                (name, body) -> out.append(name).append(" ::= ").append(body).append('\n'));
        return out.toString();
    }
}
