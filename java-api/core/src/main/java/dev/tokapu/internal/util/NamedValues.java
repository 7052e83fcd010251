package dev.tokapu.internal.util;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of an immutable object by name: what equality, hash code and text of options are made of, as in a record.
 *
 * <p>Thread safety: none while values are added.
 */
public final class NamedValues {

    private final String type;
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    /** For an object of this type. */
    public NamedValues(String type) {
        this.type = type;
    }

    /** Adds a value; arrays are compared by identity. */
    public NamedValues with(String name, @Nullable Object value) {
        values.put(name, value);
        return this;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NamedValues that && type.equals(that.type) && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        String text = values.toString();
        return type + "[" + text.substring(1, text.length() - 1) + "]";
    }
}
