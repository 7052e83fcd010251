package dev.tokapu.gguf;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Where the numbers of a tensor come from when it is written: as many bytes as its type and its shape need.
 *
 * <p>Thread safety: as implemented; the ones made here keep no state.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface TensorData {

    /**
     * Writes all bytes.
     *
     * @param out where they go, to be left open
     * @throws IOException when they cannot be read or written
     */
    void writeTo(OutputStream out) throws IOException;

    /**
     * Bytes in memory.
     *
     * @param bytes from its position to its limit, both left as they are; not to be changed before the file is written
     * @return these bytes
     */
    static TensorData of(ByteBuffer bytes) {
        ByteBuffer data = bytes.slice();
        return out -> {
            ByteBuffer left = data.duplicate();
            byte[] chunk = new byte[Math.min(1 << 16, left.remaining())];
            while (left.hasRemaining()) {
                int length = Math.min(chunk.length, left.remaining());
                left.get(chunk, 0, length);
                out.write(chunk, 0, length);
            }
        };
    }

    /**
     * Numbers of a tensor of the type {@link TensorType#F32}.
     *
     * @param numbers the numbers, which are copied
     * @return their bytes
     */
    static TensorData of(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, numbers.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return of(bytes);
    }

    /**
     * A part of a file.
     *
     * @param file the file, opened when it is needed
     * @param offset where the part begins
     * @param length how long it is, in bytes
     * @return its bytes
     */
    static TensorData of(Path file, long offset, long length) {
        return out -> {
            byte[] chunk = new byte[(int) Math.min(1 << 20, Math.max(1, length))];
            for (long done = 0; done < length; done += chunk.length) {
                int count = (int) Math.min(chunk.length, length - done);
                GgufReader.read(file, offset + done, chunk, count);
                out.write(chunk, 0, count);
            }
        };
    }
}
