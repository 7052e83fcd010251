package dev.tokapu.gguf;

import java.util.List;

/**
 * What a GGUF file says about one tensor.
 *
 * <p>Thread safety: immutable.
 *
 * @param name its name, for example {@code blk.0.attn_q.weight}
 * @param type its number format
 * @param shape elements in each dimension, the fastest one first; 1 to 4 dimensions
 * @param offset where its data begins, in bytes from the beginning of the GGUF file
 * @param bytes how long its data is
 * @since 0.1
 */
public record TensorInfo(String name, TensorType type, List<Long> shape, long offset, long bytes) {

    /** Copies the shape. */
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** {@return the number of elements, the product of the shape} */
    public long elements() {
        long product = 1;
        for (long size : shape) {
            product *= size;
        }
        return product;
    }
}
