package dev.tokapu.cli;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Metadata values of a GGUF file for the eye and for JSON. */
final class Values {

    private static final int SHOWN_ITEMS = 6;
    private static final int SHOWN_CHARS = 80;

    private Values() {}

    /** One line: text in quotes, a list as its size and its first items. */
    static String shown(Object value, boolean full) {
        if (isList(value)) {
            List<Object> items = list(value);
            int count = full ? items.size() : Math.min(SHOWN_ITEMS, items.size());
            StringBuilder text = new StringBuilder("[").append(items.size()).append("] ");
            for (int i = 0; i < count; i++) {
                text.append(i == 0 ? "" : ", ").append(shown(items.get(i), full));
            }
            return text.append(count < items.size() ? ", ..." : "").toString();
        }
        if (!(value instanceof CharSequence)) {
            return value.toString();
        }
        String text = value.toString();
        boolean shorten = !full && text.length() > SHOWN_CHARS;
        String part = shorten ? text.substring(0, text.offsetByCodePoints(0, SHOWN_CHARS / 2)) : text;
        String quoted = '"'
                + Visible.of(part.replace("\\", "\\\\")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                        .replace("\"", "\\\""))
                + '"';
        return shorten ? quoted + "... (" + text.length() + " characters)" : quoted;
    }

    /** A list as its first items, unless all are wanted. */
    static Object json(Object value, boolean full) {
        if (!isList(value)) {
            return value;
        }
        List<Object> items = list(value);
        if (full || items.size() <= SHOWN_ITEMS) {
            return items;
        }
        Map<String, Object> beginning = new LinkedHashMap<>(); // Map.of has another order in each JVM
        beginning.put("size", items.size());
        beginning.put("first", items.subList(0, SHOWN_ITEMS));
        return beginning;
    }

    /** For example {@code 576 x 49152}, as GGUF stores it: the first dimension is contiguous. */
    static String shape(Object shape) {
        StringBuilder text = new StringBuilder();
        for (Object dimension : list(shape)) {
            text.append(text.length() == 0 ? "" : " x ").append(dimension);
        }
        return text.toString();
    }

    private static boolean isList(Object value) {
        return value instanceof List || value.getClass().isArray();
    }

    /** The items of a list or of an array of any type. */
    static List<Object> list(Object value) {
        if (value instanceof List<?> items) {
            return new ArrayList<>(items);
        }
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < Array.getLength(value); i++) {
            items.add(Array.get(value, i));
        }
        return items;
    }
}
