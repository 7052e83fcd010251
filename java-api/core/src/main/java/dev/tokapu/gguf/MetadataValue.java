package dev.tokapu.gguf;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A metadata value of a GGUF file with its type: a number, a truth value, a text, or an array of these.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class MetadataValue {

    private final MetadataType type;
    private final boolean array;

    /** As in the file: numbers, or texts with their length before each. */
    private final byte[] bytes;

    private final int size;

    /** Where texts begin in {@link #bytes}, once one is asked for. */
    private volatile int @Nullable [] begins;

    MetadataValue(MetadataType type, boolean array, byte[] bytes, int size) {
        this.type = type;
        this.array = array;
        this.bytes = bytes;
        this.size = size;
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
        return size;
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
            int at = begins()[index];
            return new String(bytes, at + Long.BYTES, GgufReader.int32(bytes, at), StandardCharsets.UTF_8);
        }
        return number(Math.multiplyExact(index, type.width()));
    }

    private Object number(int at) {
        long bits = 0;
        for (int i = type.width() - 1; i >= 0; i--) {
            bits = bits << Byte.SIZE | (bytes[at + i] & 0xff);
        }
        if (type == MetadataType.BOOL) {
            return bits != 0;
        }
        if (type.isFloat()) {
            return type == MetadataType.FLOAT32
                    ? (Object) Float.intBitsToFloat((int) bits)
                    : Double.longBitsToDouble(bits);
        }
        if (type.isSigned()) {
            int unused = Long.SIZE - Byte.SIZE * type.width();
            return bits << unused >> unused;
        }
        return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
    }

    private int[] begins() {
        int[] known = begins;
        if (known != null) {
            return known;
        }
        int[] found = new int[size];
        int at = 0;
        for (int i = 0; i < size; i++) {
            found[i] = at;
            at += Long.BYTES + GgufReader.int32(bytes, at);
        }
        begins = found;
        return found;
    }

    /** Writes the type and the value as they are in a file. */
    void encodeTo(GgufOutput out) {
        if (array) {
            out.int32(MetadataType.ARRAY).int32(type.code()).int64(size());
        } else {
            out.int32(type.code());
        }
        out.bytes(bytes, 0, bytes.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MetadataValue that
                && type == that.type
                && array == that.array
                && Arrays.equals(bytes, that.bytes);
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
            return size;
        }
    }
}
