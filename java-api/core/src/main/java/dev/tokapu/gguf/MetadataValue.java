package dev.tokapu.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * A metadata value of a GGUF file with its type: a number, a truth value, a text, or an array of these.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class MetadataValue {

    private static final int[] NO_TEXTS = {};

    private final MetadataType type;
    private final boolean array;

    /** Numbers as in the file, texts joined together. */
    private final byte[] bytes;

    /** Where each text ends in {@link #bytes}. */
    private final int[] ends;

    MetadataValue(MetadataType type, boolean array, byte[] bytes) {
        this(type, array, bytes, NO_TEXTS);
    }

    MetadataValue(MetadataType type, boolean array, byte[] bytes, int[] ends) {
        this.type = type;
        this.array = array;
        this.bytes = bytes;
        this.ends = ends;
    }

    /** {@return a text} */
    public static MetadataValue text(String text) {
        return of(MetadataType.STRING, text);
    }

    /**
     * A value, or an array of values.
     *
     * @param type the type of the value or of the items
     * @param value a {@link Number} in the range of the type, a {@link Boolean} or a {@link CharSequence}, as the type wants it; a
     *     collection of these for an array
     * @return the value
     * @throws IllegalArgumentException when the type cannot hold it
     */
    public static MetadataValue of(MetadataType type, Object value) {
        return value instanceof Collection<?> items
                ? MetadataEncoder.encode(type, true, List.copyOf(items))
                : MetadataEncoder.encode(type, false, List.of(value));
    }

    /** {@return the type, of an array that of its items} */
    public MetadataType type() {
        return type;
    }

    /** {@return whether it is an array} */
    public boolean isArray() {
        return array;
    }

    /** {@return the number of items of an array, 1 otherwise} */
    public int size() {
        return type == MetadataType.STRING ? ends.length : bytes.length / type.width();
    }

    /**
     * The value as {@link GgufFile#metadata()} gives it: integers as {@link Long} (or {@link java.math.BigInteger} where they are too
     * large), floating-point numbers as {@link Float} or {@link Double}, {@link Boolean}, {@link String}, an array as an unmodifiable
     * list of these.
     *
     * @return the value
     */
    public Object value() {
        return array ? new Items() : item(0);
    }

    private Object item(int index) {
        if (type == MetadataType.STRING) {
            int from = index == 0 ? 0 : ends[index - 1];
            return new String(bytes, from, ends[index] - from, StandardCharsets.UTF_8);
        }
        int at = Math.multiplyExact(index, type.width());
        return MetadataEncoder.number(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), at, type);
    }

    /** Writes the type and the value as they are in a file. */
    void encodeTo(GgufOutput out) {
        if (array) {
            out.int32(MetadataType.ARRAY).int32(type.code()).int64(size());
        } else {
            out.int32(type.code());
        }
        if (type != MetadataType.STRING) {
            out.bytes(bytes, 0, bytes.length);
            return;
        }
        int from = 0;
        for (int end : ends) {
            out.int64(end - from).bytes(bytes, from, end - from);
            from = end;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MetadataValue that
                && type == that.type
                && array == that.array
                && Arrays.equals(bytes, that.bytes)
                && Arrays.equals(ends, that.ends);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return value().toString();
    }

    /** Items made into objects one by one when they are read. */
    private final class Items extends AbstractList<Object> implements RandomAccess {

        @Override
        public Object get(int index) {
            Objects.checkIndex(index, size());
            return item(index);
        }

        @Override
        public int size() {
            return MetadataValue.this.size();
        }
    }
}
