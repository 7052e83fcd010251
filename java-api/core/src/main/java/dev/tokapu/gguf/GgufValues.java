package dev.tokapu.gguf;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.RandomAccess;

/** Metadata values: what stands behind a type number in the file. */
final class GgufValues {

    /** Longest metadata in all; the largest models have some 20 MiB. */
    static final long MAX_METADATA_BYTES = 128L << 20;

    private static final int UINT8 = 0;
    private static final int INT8 = 1;
    private static final int UINT16 = 2;
    private static final int INT16 = 3;
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int UINT64 = 10;
    private static final int INT64 = 11;
    private static final int FLOAT64 = 12;

    private GgufValues() {}

    static Object read(GgufReader in, int type) {
        return switch (type) {
            case STRING -> text(in);
            case ARRAY -> array(in);
            default -> {
                int width = width(in, type);
                byte[] bytes = in.bytes(width);
                yield number(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0, type);
            }
        };
    }

    static String text(GgufReader in) {
        return new String(in.bytes(length(in, "a text", 1)), StandardCharsets.UTF_8);
    }

    private static Object array(GgufReader in) {
        int type = in.int32();
        if (type == ARRAY) {
            throw in.damaged("an array of arrays; GGUF files have none");
        }
        if (type == STRING) {
            return texts(in);
        }
        int width = width(in, type);
        int count = length(in, "an array", width);
        return new Numbers(in.bytes(Math.multiplyExact(count, width)), width, type);
    }

    private static Texts texts(GgufReader in) {
        int count = length(in, "an array of texts", 8);
        byte[][] texts = new byte[count][];
        for (int i = 0; i < count; i++) {
            texts[i] = in.bytes(length(in, "text " + i + " of an array", 1));
        }
        return new Texts(texts);
    }

    /** A length that the rest of the file and the limit on metadata have room for. */
    private static int length(GgufReader in, String what, int width) {
        long count = in.int64();
        long room = Math.min(in.remaining(), MAX_METADATA_BYTES - Math.min(MAX_METADATA_BYTES, in.position()));
        if (count < 0 || count > room / width) {
            throw in.damaged(
                    what + " of length " + Long.toUnsignedString(count) + " where " + room + " bytes are left");
        }
        return (int) count;
    }

    private static int width(GgufReader in, int type) {
        return switch (type) {
            case UINT8, INT8, BOOL -> 1;
            case UINT16, INT16 -> 2;
            case UINT32, INT32, FLOAT32 -> 4;
            case UINT64, INT64, FLOAT64 -> 8;
            default -> throw in.damaged("a value of unknown type " + type);
        };
    }

    private static Object number(ByteBuffer bytes, int at, int type) {
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
            default -> bytes.getLong(at);
        };
    }

    private static Object unsigned(long value) {
        return value >= 0 ? (Object) value : new BigInteger(Long.toUnsignedString(value));
    }

    /** Numbers as they stand in the file, made into objects one by one when they are read. */
    private static final class Numbers extends AbstractList<Object> implements RandomAccess {

        private final ByteBuffer bytes;
        private final int width;
        private final int type;

        Numbers(byte[] bytes, int width, int type) {
            this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            this.width = width;
            this.type = type;
        }

        @Override
        public Object get(int index) {
            return number(bytes, Math.multiplyExact(index, width), type);
        }

        @Override
        public int size() {
            return bytes.capacity() / width;
        }
    }

    /** Texts as they stand in the file, made into strings one by one when they are read. */
    private static final class Texts extends AbstractList<Object> implements RandomAccess {

        private final byte[][] texts;

        Texts(byte[][] texts) {
            this.texts = texts;
        }

        @Override
        public Object get(int index) {
            return new String(texts[index], StandardCharsets.UTF_8);
        }

        @Override
        public int size() {
            return texts.length;
        }
    }
}
