package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.validation.constraints.Pattern;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes rules of Jakarta Validation into the schema of a value. What does not fit the type is refused, and what no value
 * keeps; what only a validator of Jakarta can check is left out, docs/typed-answers.md lists it.
 *
 * <p>Thread safety: confined.
 */
final class RuleWriter {

    /** Of another time than the class was written at, or of a kind that a schema cannot say. */
    private static final Set<String> UNCHECKED =
            Set.of("Past", "PastOrPresent", "Future", "FutureOrPresent", "NotNull");

    private static final String NOT_BLANK = "[^\\u0000-\\u0020]";
    private static final String EMAIL = "^([A-Za-z0-9_%-]|\\.|\\+){1,64}@([A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}$";
    private static final int SHORTEST_EMAIL = 6;
    private static final int LONGEST_EMAIL = 64 + 1 + 8 * 64 + 24;

    /** Beside a length: all counts of the other together with it are more than a grammar holds. */
    private static final String SIZED_EMAIL = "^([A-Za-z0-9_%-]|\\.|\\+){1,64}@([A-Za-z0-9-]+\\.)+[A-Za-z]{2,}$";

    private final ObjectNode node;
    private final String path;
    private final MachineOnlyKeywords machineOnly;
    private String email = EMAIL;

    /** Writes into a schema of one JSON type. */
    RuleWriter(ObjectNode node, String path, MachineOnlyKeywords machineOnly) {
        this.node = node;
        this.path = path;
        this.machineOnly = machineOnly;
    }

    /** Of a value that has no rules but these. */
    static void refuseAll(List<Rule> rules, String path) {
        for (Rule rule : rules) {
            if (!UNCHECKED.contains(rule.name())) {
                throw misplaced(rule, path);
            }
        }
    }

    private static IllegalArgumentException misplaced(Rule rule, String path) {
        return Refusal.of(path, "@" + rule.name() + " says nothing about its type; take it away or change the type");
    }

    void write(List<Rule> rules) {
        email = rules.stream().anyMatch(RuleWriter::limitsEmails) ? SIZED_EMAIL : EMAIL;
        for (Rule rule : rules) {
            switch (node.path("type").asText()) {
                case "string" -> text(rule);
                case "integer", "number" -> number(rule);
                case "boolean" -> truth(rule);
                case "array" -> count(rule, "minItems", "maxItems");
                default -> count(rule, "minProperties", "maxProperties");
            }
        }
        requireOrder("minLength", "maxLength");
        requireOrder("minItems", "maxItems");
        requireOrder("minProperties", "maxProperties");
        requireRange();
    }

    private void other(Rule rule) {
        if (!UNCHECKED.contains(rule.name())) {
            throw misplaced(rule, path);
        }
    }

    private void truth(Rule rule) {
        if (rule.name().equals("AssertTrue") || rule.name().equals("AssertFalse")) {
            boolean value = rule.name().equals("AssertTrue");
            if (node.has("const") && node.path("const").asBoolean() != value) {
                throw Refusal.of(path, "no value is both true and false");
            }
            node.put("const", value);
        } else {
            other(rule);
        }
    }

    private void text(Rule rule) {
        switch (rule.name()) {
            case "NotBlank" -> pattern(NOT_BLANK);
            case "Pattern" -> pattern("^" + group(rule) + "$");
            case "Email" -> {
                boolean own = !node.has("pattern");
                node.put("format", "email");
                pattern(email);
                if (own) {
                    machineOnly.add(node, "pattern");
                }
                if (!rule.get("regexp").equals(".*")) {
                    pattern("^" + group(rule) + "$");
                }
            }
            default -> count(rule, "minLength", "maxLength");
        }
    }

    private static boolean limitsEmails(Rule rule) {
        return rule.name().equals("Size")
                && (rule.number("min") > SHORTEST_EMAIL || rule.number("max") < LONGEST_EMAIL);
    }

    private String group(Rule rule) {
        StringBuilder flags = new StringBuilder();
        for (Object flag : (List<?>) rule.get("flags")) {
            flags.append(
                    switch ((Pattern.Flag) flag) {
                        case CASE_INSENSITIVE -> "i";
                        case DOTALL -> "s";
                        default ->
                            throw Refusal.of(
                                    path, "the flag " + flag + " of its pattern cannot be held; say it in the pattern");
                    });
        }
        String regex = (String) rule.get("regexp");
        SafePattern.check(regex, path);
        return "(?" + flags + ":" + regex + ")";
    }

    private void pattern(String pattern) {
        if (node.has("pattern")) {
            node.withArray("allOf").addObject().put("pattern", pattern);
        } else {
            node.put("pattern", pattern);
        }
    }

    private void count(Rule rule, String least, String most) {
        switch (rule.name()) {
            case "NotEmpty" -> atLeast(least, 1);
            case "Size" -> {
                if (rule.number("min") > 0) {
                    atLeast(least, rule.number("min"));
                }
                if (rule.number("max") < Integer.MAX_VALUE) {
                    int max = rule.number("max");
                    node.put(most, Math.min(max, node.path(most).asInt(max)));
                }
            }
            default -> other(rule);
        }
    }

    private void atLeast(String least, int value) {
        node.put(least, Math.max(value, node.path(least).asInt(0)));
        if (value > 2000) {
            throw Refusal.of(
                    path, "it has at least " + value + " characters or elements; at most 2000 can be asked for");
        }
    }

    private void requireOrder(String least, String most) {
        if (node.has(most) && node.path(most).asInt() < node.path(least).asInt(0)) {
            throw Refusal.of(
                    path,
                    "no value has at least " + node.get(least) + " and at most " + node.get(most)
                            + " characters or elements; correct its rules");
        }
    }

    private void number(Rule rule) {
        Map<String, Object> attributes = rule.attributes();
        switch (rule.name()) {
            case "Min" -> limit(true, BigDecimal.valueOf((Long) rule.get("value")), true);
            case "Max" -> limit(false, BigDecimal.valueOf((Long) rule.get("value")), true);
            case "DecimalMin" -> limit(true, decimal(rule), Boolean.TRUE.equals(attributes.get("inclusive")));
            case "DecimalMax" -> limit(false, decimal(rule), Boolean.TRUE.equals(attributes.get("inclusive")));
            case "Positive" -> limit(true, BigDecimal.ZERO, false);
            case "PositiveOrZero" -> limit(true, BigDecimal.ZERO, true);
            case "Negative" -> limit(false, BigDecimal.ZERO, false);
            case "NegativeOrZero" -> limit(false, BigDecimal.ZERO, true);
            case "Digits" -> {
                BigDecimal beyond = BigDecimal.ONE.scaleByPowerOfTen(rule.number("integer"));
                limit(true, beyond.negate(), false);
                limit(false, beyond, false);
            }
            default -> other(rule);
        }
    }

    private BigDecimal decimal(Rule rule) {
        try {
            return new BigDecimal((String) rule.get("value"));
        } catch (NumberFormatException e) {
            throw Refusal.of(path, "@" + rule.name() + " has no number: " + rule.get("value"));
        }
    }

    /** The tighter one stays. */
    private void limit(boolean lower, BigDecimal value, boolean inclusive) {
        String open = lower ? "exclusiveMinimum" : "exclusiveMaximum";
        String closed = lower ? "minimum" : "maximum";
        JsonNode known = node.has(open) ? node.get(open) : node.get(closed);
        if (known != null) {
            int order = value.compareTo(known.decimalValue());
            if ((lower ? order < 0 : order > 0) || (order == 0 && node.has(open))) {
                return;
            }
        }
        node.remove(List.of(open, closed));
        machineOnly.remove(node, closed);
        node.put(inclusive ? closed : open, value);
    }

    private void requireRange() {
        JsonNode low = node.has("minimum") ? node.get("minimum") : node.get("exclusiveMinimum");
        JsonNode high = node.has("maximum") ? node.get("maximum") : node.get("exclusiveMaximum");
        if (low == null || high == null) {
            return;
        }
        boolean integer = node.path("type").asText().equals("integer");
        BigDecimal least = integer ? whole(low.decimalValue(), true) : low.decimalValue();
        BigDecimal most = integer ? whole(high.decimalValue(), false) : high.decimalValue();
        boolean open = !integer && (node.has("exclusiveMinimum") || node.has("exclusiveMaximum"));
        if (least.compareTo(most) > 0 || (open && least.compareTo(most) == 0)) {
            throw Refusal.of(path, "no number is within " + low + " and " + high + "; correct its rules");
        }
    }

    private BigDecimal whole(BigDecimal limit, boolean lower) {
        BigDecimal whole = limit.setScale(0, lower ? RoundingMode.CEILING : RoundingMode.FLOOR);
        boolean excluded = node.has(lower ? "exclusiveMinimum" : "exclusiveMaximum") && whole.compareTo(limit) == 0;
        return !excluded ? whole : lower ? whole.add(BigDecimal.ONE) : whole.subtract(BigDecimal.ONE);
    }
}
