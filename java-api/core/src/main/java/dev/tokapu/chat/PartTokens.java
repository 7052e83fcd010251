package dev.tokapu.chat;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of parts of prompts, so that a part that comes again is not tokenized again; those used last are kept.
 *
 * <p>Thread safety: confined.
 */
final class PartTokens {

    private static final int ENTRY_COST = 64; // bytes, about

    /** A part, and how it is tokenized. */
    record Part(String text, Kind kind) {}

    /** How a part is tokenized. */
    enum Kind {
        /** The beginning of a prompt. */
        FIRST,
        /** What the template and others wrote. */
        PARSED,
        /** What has texts of control tokens that are not the template's. */
        CHARACTERS
    }

    private final long room;
    private final Map<Part, int[]> known = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    /** {@code room}: bytes that are kept at least. */
    PartTokens(long room) {
        this.room = room;
    }

    /** The tokens of a part; null if they are not known. */
    int @Nullable [] get(Part part) {
        return known.get(part);
    }

    void put(Part part, int[] tokens) {
        known.put(part, tokens);
        size += cost(part.text(), tokens);
    }

    /** Forgets what is more than there is room for, and more than twice the cost of the prompt that was just tokenized. */
    void trim(long prompt) {
        Iterator<Map.Entry<Part, int[]>> oldest = known.entrySet().iterator();
        while (size > Math.max(room, 2 * prompt)) {
            Map.Entry<Part, int[]> entry = oldest.next();
            size -= cost(entry.getKey().text(), entry.getValue());
            oldest.remove();
        }
    }

    /** About the bytes that a text and its tokens take. */
    static long cost(String text, int[] tokens) {
        return ENTRY_COST + (long) Character.BYTES * text.length() + (long) Integer.BYTES * tokens.length;
    }
}
