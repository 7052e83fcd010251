package dev.tokapu.structured;

import dev.tokapu.internal.util.Json;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value as far as it has been generated.
 *
 * <p>Texts grow; numbers, booleans and whole lists of them appear when they are done; a field that has not begun is not there.
 * Nothing of it is checked against the schema, as half a value cannot be.
 *
 * <p>Thread safety: immutable.
 *
 * @param <T> the type of the whole
 * @since 0.1
 */
public final class PartialValue<T> {

    private final TypeMapping mapping;
    private final String json;
    private final String settled;

    PartialValue(TypeMapping mapping, String json, String settled) {
        this.mapping = mapping;
        this.json = json;
        this.settled = settled;
    }

    /** {@return the value so far as well-formed JSON, with open texts and brackets closed} */
    public String json() {
        return json;
    }

    /**
     * What is there, as plain values.
     *
     * @return a {@link java.util.Map}, {@link java.util.List}, String, Long, Double, {@link java.math.BigInteger}, Boolean or null
     */
    public @Nullable Object data() {
        return Json.read(json);
    }

    /**
     * What is there, as an object of the type: what is missing is null, 0 or an empty Optional. A text in progress that means
     * nothing yet, such as half a date, is missing too.
     *
     * @return empty when the class does not take it so, for example when its constructor wants every field, or when it is not
     *     yet known which subtype it will be
     */
    @SuppressWarnings("unchecked") // the mapping is of T
    public Optional<T> value() {
        Optional<T> growing = (Optional<T>) mapping.readPart(json);
        return growing.isPresent() || settled.isEmpty() ? growing : (Optional<T>) mapping.readPart(settled);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PartialValue<?> partial && partial.json.equals(json) && partial.mapping == mapping;
    }

    @Override
    public int hashCode() {
        return Objects.hash(json, System.identityHashCode(mapping));
    }

    @Override
    public String toString() {
        return "PartialValue[" + json + "]";
    }
}
