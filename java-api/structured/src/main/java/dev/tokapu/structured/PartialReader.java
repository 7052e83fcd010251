package dev.tokapu.structured;

import org.jspecify.annotations.Nullable;

/**
 * Pieces of text in, partial values out.
 *
 * <p>Thread safety: for one thread.
 */
final class PartialReader<T> {

    private final TypeMapping mapping;
    private final PartialJson json = new PartialJson();
    private String last = "";

    PartialReader(TypeMapping mapping) {
        this.mapping = mapping;
    }

    /** What is there of the value with this piece; null when the piece changes nothing, as white space does. */
    @Nullable
    PartialValue<T> append(String piece) {
        json.append(piece);
        String completed = json.completed();
        if (completed.equals(last)) {
            return null;
        }
        last = completed;
        return new PartialValue<>(mapping, completed, json.settled());
    }
}
