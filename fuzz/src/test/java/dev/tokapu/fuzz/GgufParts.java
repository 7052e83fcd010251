package dev.tokapu.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A GGUF file taken apart, so that its parts can be changed and put together again.
 *
 * <p>Thread safety: for one thread.
 */
final class GgufParts {

    static final int UINT32 = 4;
    static final int INT32 = 5;
    static final int FLOAT32 = 6;
    static final int BOOL = 7;
    static final int STRING = 8;
    static final int ARRAY = 9;

    private static final int MAGIC = 0x46554747;
    private static final int ALIGNMENT = 32;
    private static final int[] SIZES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    /** An entry of the metadata; the value is as in the file, and replaced rather than changed. */
    static final class Entry {
        final String key;
        int type;
        byte[] value;

        Entry(String key, int type, byte[] value) {
            this.key = key;
            this.type = type;
            this.value = value;
        }

        /** Whether it is a number of a fixed size. */
        boolean isNumber() {
            return type < SIZES.length && SIZES[type] > 0;
        }
    }

    /** A tensor with its data; shape and data are replaced rather than changed. */
    static final class Tensor {
        String name;
        long[] shape;
        int type;
        byte[] data;

        Tensor(String name, int type, byte[] data, long... shape) {
            this.name = name;
            this.shape = shape;
            this.type = type;
            this.data = data;
        }
    }

    final List<Entry> entries = new ArrayList<>();
    final List<Tensor> tensors = new ArrayList<>();

    GgufParts() {}

    /** Takes a well-formed file apart. */
    static GgufParts of(byte[] file) {
        GgufParts parts = new GgufParts();
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        in.position(8);
        long tensorCount = in.getLong();
        long entryCount = in.getLong();
        for (long i = 0; i < entryCount; i++) {
            String key = text(in);
            int type = in.getInt();
            int from = in.position();
            skip(in, type);
            parts.entries.add(new Entry(key, type, slice(in, from, in.position())));
        }
        long[] offsets = new long[(int) tensorCount];
        for (int i = 0; i < tensorCount; i++) {
            String name = text(in);
            long[] shape = new long[in.getInt()];
            for (int d = 0; d < shape.length; d++) {
                shape[d] = in.getLong();
            }
            int type = in.getInt();
            offsets[i] = in.getLong();
            parts.tensors.add(new Tensor(name, type, new byte[0], shape));
        }
        int data = aligned(in.position());
        for (int i = 0; i < tensorCount; i++) {
            long end = i + 1 < tensorCount ? offsets[i + 1] : file.length - data;
            parts.tensors.get(i).data = slice(in, data + (int) offsets[i], data + (int) end);
        }
        return parts;
    }

    /** The same file, to be changed apart from this one; bytes that neither changes are shared. */
    GgufParts copy() {
        GgufParts copy = new GgufParts();
        for (Entry entry : entries) {
            copy.entries.add(new Entry(entry.key, entry.type, entry.value));
        }
        for (Tensor tensor : tensors) {
            copy.tensors.add(new Tensor(tensor.name, tensor.type, tensor.data, tensor.shape));
        }
        return copy;
    }

    /** The whole file. */
    byte[] bytes() {
        Out head = new Out();
        head.number(MAGIC, 4).number(3, 4).number(tensors.size(), 8).number(entries.size(), 8);
        for (Entry entry : entries) {
            head.text(entry.key).number(entry.type, 4).writeBytes(entry.value);
        }
        int length = 0;
        for (Tensor tensor : tensors) {
            head.text(tensor.name).number(tensor.shape.length, 4);
            for (long dimension : tensor.shape) {
                head.number(dimension, 8);
            }
            head.number(tensor.type, 4).number(length, 8);
            length += aligned(tensor.data.length);
        }
        int at = aligned(head.size());
        byte[] file = Arrays.copyOf(head.toByteArray(), at + length);
        for (Tensor tensor : tensors) {
            System.arraycopy(tensor.data, 0, file, at, tensor.data.length);
            at += aligned(tensor.data.length);
        }
        return file;
    }

    private static int aligned(int size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** A number in this many bytes. */
    static byte[] number(long value, int size) {
        return new Out().number(value, size).toByteArray();
    }

    /** A text with its length. */
    static byte[] text(String text) {
        return new Out().text(text).toByteArray();
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[(int) in.getLong()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void skip(ByteBuffer in, int type) {
        if (type == STRING) {
            text(in);
        } else if (type == ARRAY) {
            int of = in.getInt();
            for (long n = in.getLong(); n > 0; n--) {
                skip(in, of);
            }
        } else {
            in.position(in.position() + SIZES[type]);
        }
    }

    private static byte[] slice(ByteBuffer in, int from, int to) {
        byte[] bytes = new byte[to - from];
        in.duplicate().position(from).get(bytes);
        return bytes;
    }

    private static final class Out extends ByteArrayOutputStream {

        Out number(long value, int size) {
            for (int i = 0; i < size; i++) {
                write((int) (value >>> (8 * i)));
            }
            return this;
        }

        Out text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            number(bytes.length, 8).writeBytes(bytes);
            return this;
        }
    }
}
