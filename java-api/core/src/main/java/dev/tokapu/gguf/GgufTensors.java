package dev.tokapu.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the descriptions of the tensors of a GGUF file, and checks them against its size. */
final class GgufTensors {

    private static final int MAX_DIMENSIONS = 4;

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
        return new TensorInfo(name, type, shape, offset, byteSize(in, name, type, shape));
    }

    private static long byteSize(GgufReader in, String name, TensorType type, List<Long> shape) {
        long first = shape.isEmpty() ? 1 : shape.get(0);
        try {
            long elements = 1;
            for (long size : shape) {
                if (size < 0) {
                    throw in.damaged("tensor '" + name + "' has the shape " + shape);
                }
                elements = Math.multiplyExact(elements, size);
            }
            if (first % type.blockSize() != 0) {
                throw in.damaged(
                        "tensor '" + name + "' has rows of " + first + " elements, which is no multiple of the "
                                + type.blockSize() + " elements of a " + type.text() + " block");
            }
            return Math.multiplyExact(elements / type.blockSize(), type.blockBytes());
        } catch (ArithmeticException e) {
            throw in.damaged("tensor '" + name + "' has the shape " + shape + ", which is too large");
        }
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
