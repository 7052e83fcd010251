package dev.tokapu.internal.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A language as states: in each at most one next state for a character, and from each a way to an end.
 *
 * <p>Thread safety: immutable.
 */
final class Automaton {

    private static final int MAX_STATES = 2500;

    private final List<Map<Integer, CodePoints>> next = new ArrayList<>();
    private final List<Boolean> ends = new ArrayList<>();
    private final boolean[] alive;

    Automaton(Languages languages, Language language) {
        Map<Language, Integer> numbers = new HashMap<>();
        List<Language> states = new ArrayList<>();
        numbers.put(language, 0);
        states.add(language);
        for (int i = 0; i < states.size(); i++) {
            Language state = states.get(i);
            Map<Integer, CodePoints> targets = new LinkedHashMap<>();
            for (CodePoints set : languages.classes(state)) {
                Language target = languages.after(state, set.first());
                if (target == languages.nothing) {
                    continue;
                }
                Integer number = numbers.get(target);
                if (number == null) {
                    number = states.size();
                    numbers.put(target, number);
                    states.add(target);
                }
                targets.merge(number, set, CodePoints::or);
            }
            if (states.size() > MAX_STATES) {
                throw new IllegalArgumentException(
                        "it takes more than " + MAX_STATES + " states; count less, or look for fewer things at once");
            }
            next.add(targets);
            ends.add(state.hasEmpty);
        }
        this.alive = alive();
        next.forEach(targets -> targets.keySet().removeIf(target -> !alive[target]));
    }

    private boolean[] alive() {
        List<List<Integer>> before = new ArrayList<>();
        next.forEach(targets -> before.add(new ArrayList<>()));
        boolean[] result = new boolean[next.size()];
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < next.size(); i++) {
            for (int target : next.get(i).keySet()) {
                before.get(target).add(i);
            }
            if (ends.get(i)) {
                result[i] = true;
                open.add(i);
            }
        }
        while (!open.isEmpty()) {
            for (int i : before.get(open.remove())) {
                if (!result[i]) {
                    result[i] = true;
                    open.add(i);
                }
            }
        }
        return result;
    }

    /** Whether no text is in it. */
    boolean isEmpty() {
        return !alive[0];
    }

    boolean contains(String text) {
        int state = 0;
        for (int c : text.codePoints().toArray()) {
            int target = -1;
            for (Map.Entry<Integer, CodePoints> entry : next.get(state).entrySet()) {
                if (entry.getValue().contains(c)) {
                    target = entry.getKey();
                }
            }
            if (target < 0) {
                return false;
            }
            state = target;
        }
        return ends.get(state);
    }

    /** Writes a rule for each state that more than one leads to, or that branches; returns the body of the first. */
    String write(GrammarRules rules, CharacterText characters) {
        int[] uses = new int[next.size()];
        uses[0] = 2;
        for (Map<Integer, CodePoints> targets : next) {
            targets.keySet().forEach(target -> uses[target]++);
        }
        String[] names = new String[next.size()];
        for (int i = 1; i < names.length; i++) {
            boolean isStep = uses[i] == 1 && (next.get(i).size() + (ends.get(i) ? 1 : 0)) == 1;
            if (alive[i] && !isStep && !next.get(i).isEmpty()) {
                names[i] = rules.reserve("state");
            }
        }
        boolean loops = next.stream().anyMatch(targets -> targets.containsKey(0));
        if (loops) {
            names[0] = rules.reserve("state");
        }
        for (int i = 0; i < names.length; i++) {
            if (names[i] != null) {
                rules.define(names[i], body(i, names, characters));
            }
        }
        return names[0] != null ? names[0] : body(0, names, characters);
    }

    private String body(int state, String[] names, CharacterText characters) {
        List<String> options = new ArrayList<>();
        if (ends.get(state)) {
            options.add("");
        }
        next.get(state).forEach((target, set) -> {
            StringBuilder out = new StringBuilder(characters.item(set));
            int at = target;
            while (names[at] == null && !next.get(at).isEmpty()) {
                Map.Entry<Integer, CodePoints> step =
                        next.get(at).entrySet().iterator().next();
                out.append(' ').append(characters.item(step.getValue()));
                at = step.getKey();
            }
            if (names[at] != null) {
                out.append(' ').append(names[at]);
            }
            options.add(out.toString());
        });
        return String.join(" | ", options);
    }
}
