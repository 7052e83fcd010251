package dev.tokapu.gguf;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Metadata values from objects to bytes and back. */
final class MetadataEncoder {

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
        return new MetadataValue(type, array, bytes.array());
    }

    private static MetadataValue texts(boolean array, List<?> items) {
        int[] ends = new int[items.size()];
        GgufOutput out = new GgufOutput();
        for (int i = 0; i < ends.length; i++) {
            if (!(items.get(i) instanceof CharSequence text)) {
                throw refused(MetadataType.STRING, items.get(i));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            out.bytes(bytes, 0, bytes.length);
            ends[i] = out.size();
        }
        return new MetadataValue(MetadataType.STRING, array, out.toByteArray(), ends);
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
        boolean signed = type.name().startsWith("INT");
        int bits = 8 * type.width() - (signed ? 1 : 0);
        BigInteger value;
        try {
            value = new BigDecimal(number.toString()).toBigIntegerExact();
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

    static Object number(ByteBuffer bytes, int at, MetadataType type) {
        return switch (type) {
            case UINT8 -> Byte.toUnsignedLong(bytes.get(at));
            case INT8 -> (long) bytes.get(at);
            case BOOL -> bytes.get(at) != 0;
            case UINT16 -> Short.toUnsignedLong(bytes.getShort(at));
            case INT16 -> (long) bytes.getShort(at);
            case UINT32 -> Integer.toUnsignedLong(bytes.getInt(at));
            case INT32 -> (long) bytes.getInt(at);
            case FLOAT32 -> bytes.getFloat(at);
            case FLOAT64 -> bytes.getDouble(at);
            case UINT64 -> unsigned(bytes.getLong(at));
            case INT64 -> bytes.getLong(at);
            case STRING -> throw new IllegalArgumentException("a text is no number");
        };
    }

    private static Object unsigned(long value) {
        return value >= 0 ? (Object) value : new BigInteger(Long.toUnsignedString(value));
    }
}
