package dev.tokapu.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The descriptions of the tensors of a GGUF file: read, and checked against its size. */
final class GgufTensors {

    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_ALIGNMENT = 1 << 30;

    private final GgufReader in;
    private final int alignment;
    private final String[] names;
    private final TensorType[] types;
    private final Long[][] shapes;
    private final long[] offsets;
    private final long[] bytes;

    /** Reads them; their offsets in the data section need {@link #placed}. */
    GgufTensors(GgufReader in, int count, int alignment) {
        this.in = in;
        this.alignment = alignment;
        names = new String[count];
        types = new TensorType[count];
        shapes = new Long[count][];
        offsets = new long[count];
        bytes = new long[count];
        Set<String> known = new HashSet<>();
        for (int i = 0; i < count; i++) {
            names[i] = in.text();
            if (!known.add(names[i])) {
                throw in.damaged("tensor '" + names[i] + "' appears twice");
            }
            read(i);
        }
    }

    private void read(int tensor) {
        String name = names[tensor];
        int dimensions = in.int32();
        if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
            throw in.damaged("tensor '" + name + "' has " + Integer.toUnsignedString(dimensions)
                    + " dimensions; at most " + MAX_DIMENSIONS + " are possible");
        }
        Long[] shape = new Long[dimensions];
        for (int i = 0; i < dimensions; i++) {
            shape[i] = in.int64();
        }
        int code = in.int32();
        TensorType type = TensorType.of(code);
        if (type == null) {
            throw in.damaged("tensor '" + name + "' has the type " + code + ", which this version does not know");
        }
        long offset = in.int64();
        if (offset < 0 || offset % alignment != 0) {
            throw in.damaged("tensor '" + name + "' has the offset " + Long.toUnsignedString(offset)
                    + ", which is no multiple of " + alignment);
        }
        types[tensor] = type;
        shapes[tensor] = shape;
        offsets[tensor] = offset;
        try {
            bytes[tensor] = byteSize(name, type, shape);
        } catch (IllegalArgumentException e) {
            throw in.damaged(String.valueOf(e.getMessage()));
        }
    }

    /** With offsets from the beginning of the file in place of the data section, checked against its end. */
    List<TensorInfo> placed(long dataOffset, String name) {
        long size = in.size();
        List<TensorInfo> placed = new ArrayList<>(names.length);
        for (int i = 0; i < names.length; i++) {
            if (size < dataOffset || offsets[i] > size - dataOffset || bytes[i] > size - dataOffset - offsets[i]) {
                throw new GgufException(name + " has " + size + " bytes, but the data of tensor '" + names[i]
                        + "' would reach beyond: it is truncated or damaged");
            }
            placed.add(new TensorInfo(names[i], types[i], List.of(shapes[i]), dataOffset + offsets[i], bytes[i]));
        }
        return Collections.unmodifiableList(placed);
    }

    /** The bytes of a tensor; an IllegalArgumentException says what is impossible about it. */
    static long byteSize(String name, TensorType type, Long... shape) {
        if (shape.length > MAX_DIMENSIONS) {
            throw new IllegalArgumentException("tensor '" + name + "' has " + shape.length + " dimensions; at most "
                    + MAX_DIMENSIONS + " are possible");
        }
        long first = shape.length == 0 ? 1 : shape[0];
        try {
            long elements = 1;
            for (long size : shape) {
                if (size < 0) {
                    throw new IllegalArgumentException("tensor '" + name + "' has the shape " + List.of(shape));
                }
                elements = Math.multiplyExact(elements, size);
            }
            if (first % type.blockSize() != 0) {
                throw new IllegalArgumentException(
                        "tensor '" + name + "' has rows of " + first + " elements, which is no multiple of the "
                                + type.blockSize() + " elements of a " + type.text() + " block");
            }
            return type.bytes(elements);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' has the shape " + List.of(shape) + ", which is too large", e);
        }
    }

    /** As ggml counts dimensions: at least one, and without trailing dimensions of one element. */
    static List<Long> withoutTrailingOnes(List<Long> shape) {
        int dimensions = shape.size();
        while (dimensions > 1 && shape.get(dimensions - 1) == 1) {
            dimensions--;
        }
        return dimensions == 0 ? List.of(1L) : List.copyOf(shape.subList(0, dimensions));
    }

    /** The alignment that a value asks for. */
    static int alignment(MetadataValue value) {
        if (value.isArray()
                || !(value.value() instanceof Long bytes)
                || bytes < 1
                || bytes > MAX_ALIGNMENT
                || Long.bitCount(bytes) != 1) {
            throw new IllegalArgumentException(
                    GgufFile.ALIGNMENT_KEY + " is " + value + "; it must be a power of 2, at most " + MAX_ALIGNMENT);
        }
        return bytes.intValue();
    }
}
