package dev.tokapu.internal.grammar;

/**
 * The blanks between the parts of JSON.
 *
 * <p>Thread safety: immutable.
 *
 * @param space name of the rule for them, or empty for none
 */
record SchemaLayout(String space) {

    static final String SPACE_RULE = "| \" \" | \"\\n\"{1,2} [ \\t]{0,20}";

    /** Items one after the other; empty ones are left out. */
    static String sequence(String... items) {
        StringBuilder out = new StringBuilder();
        for (String item : items) {
            if (!item.isEmpty()) {
                out.append(out.length() > 0 ? " " : "").append(item);
            }
        }
        return out.toString();
    }

    String comma() {
        return sequence("\",\"", space);
    }

    /** A key that is known, up to its value. */
    String key(String name) {
        String json = SchemaJson.write(name);
        return space.isEmpty() ? GbnfText.literal(json + ":") : sequence(GbnfText.literal(json), space, "\":\"", space);
    }

    /** A key from a rule, up to its value. */
    String keyOf(String rule) {
        return sequence(rule, space, "\":\"", space);
    }

    /** Something between brackets. */
    String within(char open, String content, char close) {
        return content.isEmpty()
                ? sequence("\"" + open + "\"", space, "\"" + close + "\"")
                : sequence("\"" + open + "\"", space, content, space, "\"" + close + "\"");
    }

    /** Something between brackets, or nothing. */
    String withinOptional(char open, String content, char close) {
        return sequence("\"" + open + "\"", space, "(" + sequence(content, space) + ")?", "\"" + close + "\"");
    }

    /** An item from {@code min} to {@code max} times between brackets, with commas. */
    String list(char open, String item, SchemaCounts counts, char close) {
        int max = counts.max();
        if (max == 0) {
            return within(open, "", close);
        }
        int more = max == Regex.ENDLESS ? Regex.ENDLESS : max - 1;
        String others = more == 0
                ? ""
                : "(" + sequence(comma(), item) + ")" + RegexText.count(Math.max(0, counts.min() - 1), more);
        String content = sequence(item, others);
        return counts.min() > 0 ? within(open, content, close) : withinOptional(open, content, close);
    }
}
