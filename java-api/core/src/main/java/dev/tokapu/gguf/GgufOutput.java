package dev.tokapu.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The head of a GGUF file while it is put together, little endian.
 *
 * <p>Thread safety: confined.
 */
final class GgufOutput extends ByteArrayOutputStream {

    GgufOutput int32(int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += 8) {
            write(value >>> shift);
        }
        return this;
    }

    GgufOutput int64(long value) {
        return int32((int) value).int32((int) (value >>> 32));
    }

    GgufOutput bytes(byte[] bytes, int from, int length) {
        write(bytes, from, length);
        return this;
    }

    GgufOutput text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return int64(bytes.length).bytes(bytes, 0, bytes.length);
    }

    GgufOutput pad(int alignment) {
        while (size() % alignment != 0) {
            write(0);
        }
        return this;
    }
}
