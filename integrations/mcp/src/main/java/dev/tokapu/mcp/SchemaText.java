package dev.tokapu.mcp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JSON Schema of a server, as text that a model reads, too. */
final class SchemaText {

    private static final Set<String> PROSE = Set.of("description", "title", "$comment");
    private static final int DEEPEST = 64;

    private SchemaText() {}

    /**
     * A copy whose descriptions have no control characters.
     *
     * @throws IllegalArgumentException when a name or a value has some, or it is nested too deeply; the message says what
     */
    static Map<String, Object> clean(Map<String, Object> schema) {
        return map(schema, 0);
    }

    private static Map<String, Object> map(Map<?, ?> values, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("a schema of more than " + DEEPEST + " levels");
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            String name = plain(String.valueOf(key));
            boolean prose = PROSE.contains(name) && value instanceof String;
            copy.put(name, prose ? ServerText.clean((String) value) : value(value, depth));
        });
        return copy;
    }

    private static @Nullable Object value(@Nullable Object value, int depth) {
        if (value instanceof String text) {
            return plain(text);
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, depth + 1);
        }
        if (value instanceof List<?> list) {
            if (depth > DEEPEST) {
                throw new IllegalArgumentException("a schema of more than " + DEEPEST + " levels");
            }
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(item -> copy.add(value(item, depth + 1)));
            return copy;
        }
        return value;
    }

    private static String plain(String text) {
        if (!ServerText.clean(text).equals(text)) {
            throw new IllegalArgumentException("control characters in '" + ServerText.shown(text) + "'");
        }
        return text;
    }
}
