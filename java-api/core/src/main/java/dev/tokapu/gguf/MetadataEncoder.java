package dev.tokapu.gguf;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Metadata values from objects to bytes. */
final class MetadataEncoder {

    private static final int MOST_DIGITS = 20; // of 64 bits

    private MetadataEncoder() {}

    static MetadataValue encode(MetadataType type, boolean array, List<?> items) {
        if (type == MetadataType.STRING) {
            return texts(array, items);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(items.size(), type.width()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (Object item : items) {
            put(bytes, type, item);
        }
        return new MetadataValue(type, array, bytes.array(), items.size());
    }

    private static MetadataValue texts(boolean array, List<?> items) {
        GgufOutput out = new GgufOutput();
        for (Object item : items) {
            if (!(item instanceof CharSequence text)) {
                throw refused(MetadataType.STRING, item);
            }
            out.text(text.toString());
        }
        return new MetadataValue(MetadataType.STRING, array, out.toByteArray(), items.size());
    }

    private static void put(ByteBuffer bytes, MetadataType type, Object item) {
        if (type == MetadataType.BOOL) {
            if (!(item instanceof Boolean truth)) {
                throw refused(type, item);
            }
            bytes.put((byte) (truth ? 1 : 0));
            return;
        }
        if (!(item instanceof Number number)) {
            throw refused(type, item);
        }
        if (type == MetadataType.FLOAT32) {
            bytes.putFloat(number.floatValue());
        } else if (type == MetadataType.FLOAT64) {
            bytes.putDouble(number.doubleValue());
        } else {
            putInteger(bytes, type, number);
        }
    }

    private static void putInteger(ByteBuffer bytes, MetadataType type, Number number) {
        boolean signed = type.isSigned();
        int bits = 8 * type.width() - (signed ? 1 : 0);
        BigInteger value;
        try {
            BigDecimal exact = new BigDecimal(number.toString());
            long digits = exact.precision() - (long) exact.scale();
            if (exact.signum() != 0 && (digits < 1 || digits > MOST_DIGITS)) {
                throw refused(type, number); // 1e999999999 and 1e-999999999 would fill the memory
            }
            value = exact.toBigIntegerExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw refused(type, number);
        }
        if (value.bitLength() > bits || (!signed && value.signum() < 0)) {
            throw refused(type, number);
        }
        long raw = value.longValue();
        for (int i = 0; i < type.width(); i++) {
            bytes.put((byte) (raw >>> (8 * i)));
        }
    }

    private static IllegalArgumentException refused(MetadataType type, Object value) {
        return new IllegalArgumentException("a metadata value of type " + type + " cannot be " + value + " ("
                + value.getClass().getSimpleName() + "); give a value in its range or another type");
    }
}
