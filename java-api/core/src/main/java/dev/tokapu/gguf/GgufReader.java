package dev.tokapu.gguf;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Reads little-endian values from a part of a file and never beyond it. Offsets in messages count from the beginning of the
 * part.
 *
 * <p>Thread safety: confined.
 */
final class GgufReader {

    private static final int WINDOW = 64 * 1024;
    private static final int LARGEST_NUMBER = 8;

    private final String name;
    private final FileChannel channel;
    private final long start;
    private final long size;
    private final long metadataEnd;
    private final ByteBuffer window;

    /** Offset of the window's end. */
    private long windowEnd;

    GgufReader(String name, FileChannel channel, long start, long size) {
        this.name = name;
        this.channel = channel;
        this.start = start;
        this.size = size;
        metadataEnd = Math.min(size, GgufValues.MAX_METADATA_BYTES);
        window = ByteBuffer.allocate((int) Math.max(LARGEST_NUMBER, Math.min(WINDOW, size)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .limit(0);
    }

    /** Fills a buffer, from its beginning, with a part of a file; a file that ends before is an error that names it. */
    static void fill(ByteBuffer buffer, FileChannel channel, long offset, String name) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException(name + " became shorter while it was read");
            }
        }
    }

    long position() {
        return windowEnd - window.remaining();
    }

    long remaining() {
        return size - position();
    }

    long size() {
        return size;
    }

    int int32() {
        need(4);
        return window.getInt();
    }

    long int64() {
        need(8);
        return window.getLong();
    }

    /** The length of a text that the metadata have room for. */
    int textLength() {
        long length = int64();
        long room = Math.max(0, metadataEnd - position());
        if (length < 0 || length > room) {
            throw damaged("a text of length " + Long.toUnsignedString(length) + " where " + room + " bytes are left");
        }
        return (int) length;
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        bytes(bytes, 0, length);
        return bytes;
    }

    void bytes(byte[] bytes, int from, int length) {
        if (window.remaining() >= length) { // in most cases: a model has some hundred thousand texts
            window.get(bytes, from, length);
            return;
        }
        int done = 0;
        while (done < length) {
            need(1);
            int n = Math.min(length - done, window.remaining());
            window.get(bytes, from + done, n);
            done += n;
        }
    }

    GgufException damaged(String what) {
        return new GgufException(name + " is truncated or damaged at byte " + position() + ": " + what);
    }

    /** Makes the next {@code n} bytes, a few, available in the window. */
    private void need(int n) {
        if (window.remaining() >= n) {
            return;
        }
        if (remaining() < n) {
            throw new GgufException(
                    name + " ends at byte " + size + ", in the middle of its metadata: it is truncated");
        }
        window.compact();
        try {
            while (window.position() < n) {
                long left = size - windowEnd;
                window.limit((int) Math.min(window.capacity(), window.position() + left));
                int read = channel.read(window, start + windowEnd);
                if (read <= 0) {
                    throw new GgufException(name + " became shorter while it was read");
                }
                windowEnd += read;
            }
        } catch (IOException e) {
            throw new GgufException(name + " cannot be read: " + e.getMessage(), e);
        }
        window.flip();
    }
}
