package dev.tokapu.fuzz;

import java.util.List;
import java.util.Random;

/**
 * Changes what a model wrote: parts go, come twice, lie in each other, and what parsers stumble over comes in between.
 *
 * <p>Thread safety: for one thread.
 */
final class AnswerMutator {

    private static final int LONGEST = 60_000; // characters

    private static final String[] INSERTS = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        "\\u12",
        "\\ud83d",
        ",",
        ":",
        "\n",
        " ",
        "<",
        ">",
        "/",
        "|",
        "'",
        "1e99999",
        "-9223372036854775809",
        "NaN",
        "null",
        "true",
        "0x",
        "\u0000",
        "\ud83d",
        "\ude00",
        "\ufffd",
        "\ufeff",
        "\u202e",
        "\u4e2d",
        "<think>",
        "</think>",
        "<tool_call>",
        "</tool_call>",
        "```json\n",
        "{\"name\": \"",
        "\"arguments\": {",
        "[TOOL_CALLS]",
        "functions."
    };

    private final Random random;
    private final List<String> tags;

    /** {@code tags}: what the template writes. */
    AnswerMutator(Random random, List<String> tags) {
        this.random = random;
        this.tags = tags;
    }

    String mutate(String raw) {
        StringBuilder text = new StringBuilder(raw);
        for (int n = random.nextInt(5); n > 0; n--) {
            mutate(text);
            text.setLength(Math.min(text.length(), LONGEST));
        }
        return text.toString();
    }

    private void mutate(StringBuilder text) {
        int at = random.nextInt(text.length() + 1);
        int end = Math.min(text.length(), at + random.nextInt(1 + random.nextInt(text.length() + 1)));
        String part = text.substring(at, end);
        switch (random.nextInt(9)) {
            case 0 -> text.setLength(at);
            case 1 -> text.delete(at, end);
            case 2 -> text.insert(at, part.repeat(random.nextInt(random.nextInt(10) == 0 ? 200 : 4)));
            case 3 -> text.insert(at, text.toString());
            case 4 -> text.insert(random.nextInt(text.length() + 1), part);
            case 5 -> text.insert(at, insert().repeat(random.nextInt(20) == 0 ? random.nextInt(20_000) : 1));
            case 6 -> tag(text, at);
            case 7 -> text.insert(at, "" + (char) random.nextInt(0x10000));
            default -> text.insert(at, String.valueOf(random.nextInt(10)).repeat(random.nextInt(500)));
        }
    }

    private String insert() {
        return INSERTS[random.nextInt(INSERTS.length)];
    }

    /** A tag more, or one less. */
    private void tag(StringBuilder text, int at) {
        if (tags.isEmpty()) {
            return;
        }
        String tag = tags.get(random.nextInt(tags.size()));
        int found = text.indexOf(tag);
        if (found >= 0 && random.nextBoolean()) {
            text.delete(found, found + tag.length());
        } else {
            text.insert(at, tag);
        }
    }
}
