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

    private GgufTensors() {}

    /** Reads them with offsets in the data section. */
    static List<TensorInfo> read(GgufReader in, int count, int alignment) {
        List<TensorInfo> list = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            String name = GgufValues.text(in);
            if (!names.add(name)) {
                throw in.damaged("tensor '" + name + "' appears twice");
            }
            list.add(readTensor(in, name, alignment));
        }
        return list;
    }

    private static TensorInfo readTensor(GgufReader in, String name, int alignment) {
        int dimensions = in.int32();
        if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
            throw in.damaged("tensor '" + name + "' has " + Integer.toUnsignedString(dimensions)
                    + " dimensions; at most " + MAX_DIMENSIONS + " are possible");
        }
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < dimensions; i++) {
            shape.add(in.int64());
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
        try {
            return new TensorInfo(name, type, shape, offset, byteSize(name, type, shape));
        } catch (IllegalArgumentException e) {
            throw in.damaged(String.valueOf(e.getMessage()));
        }
    }

    /** The bytes of a tensor; an IllegalArgumentException says what is impossible about it. */
    static long byteSize(String name, TensorType type, List<Long> shape) {
        if (shape.size() > MAX_DIMENSIONS) {
            throw new IllegalArgumentException("tensor '" + name + "' has " + shape.size() + " dimensions; at most "
                    + MAX_DIMENSIONS + " are possible");
        }
        long first = shape.isEmpty() ? 1 : shape.get(0);
        try {
            long elements = 1;
            for (long size : shape) {
                if (size < 0) {
                    throw new IllegalArgumentException("tensor '" + name + "' has the shape " + shape);
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
                    "tensor '" + name + "' has the shape " + shape + ", which is too large", e);
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

    /** Offsets from the beginning of the file in place of the data section, checked against its end. */
    static List<TensorInfo> place(List<TensorInfo> relative, long dataOffset, long size, String name) {
        List<TensorInfo> placed = new ArrayList<>();
        for (TensorInfo tensor : relative) {
            if (size < dataOffset
                    || tensor.offset() > size - dataOffset
                    || tensor.bytes() > size - dataOffset - tensor.offset()) {
                throw new GgufException(name + " has " + size + " bytes, but the data of tensor '" + tensor.name()
                        + "' would reach beyond: it is truncated or damaged");
            }
            long offset = dataOffset + tensor.offset();
            placed.add(new TensorInfo(tensor.name(), tensor.type(), tensor.shape(), offset, tensor.bytes()));
        }
        return Collections.unmodifiableList(placed);
    }
}
