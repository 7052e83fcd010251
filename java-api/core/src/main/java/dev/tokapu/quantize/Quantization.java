package dev.tokapu.quantize;

import dev.tokapu.gguf.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What quantizing a model comes to, estimated before or known afterwards.
 *
 * <p>Thread safety: immutable.
 *
 * @param bytesBefore the size of the model, all its files together
 * @param bytesAfter the size of the new file, or of all of them
 * @param weights the number of weights in the new file
 * @param weightBytes the bytes of these weights, without metadata
 * @param tensors the type of each tensor by its name, in the order of the file, unmodifiable
 * @since 0.1
 */
public record Quantization(
        long bytesBefore, long bytesAfter, long weights, long weightBytes, Map<String, TensorType> tensors) {

    /** Copies the map. */
    public Quantization {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** {@return the bits of a weight on average} */
    public double bitsPerWeight() {
        return weights == 0 ? 0 : 8.0 * weightBytes / weights;
    }
}
