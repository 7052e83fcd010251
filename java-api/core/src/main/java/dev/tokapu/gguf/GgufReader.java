package dev.tokapu.gguf;

import dev.tokapu.internal.util.Uninterrupted;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads little-endian values from a part of a file and never beyond it. Offsets in messages count from the beginning of the
 * part.
 *
 * <p>A model has some hundred thousand texts, and most JVMs read one model: so this is quick before it is compiled, with few calls.
 *
 * <p>Thread safety: confined.
 */
final class GgufReader {

    private static final int WINDOW = 64 * 1024;
    private static final int LARGEST_NUMBER = 8;
    private static final int STRIDE = 16;

    private final String name;
    private final FileChannel channel;
    private final long start;
    private final long size;
    private final long metadataEnd;
    private final byte[] window;

    /** The next byte in the window, and the first that is not in it. */
    private int next;

    private int end;

    /** Offset of the window's end. */
    private long windowEnd;

    GgufReader(String name, FileChannel channel, long start, long size) {
        this.name = name;
        this.channel = channel;
        this.start = start;
        this.size = size;
        metadataEnd = Math.min(size, GgufValues.MAX_METADATA_BYTES);
        window = new byte[(int) Math.max(LARGEST_NUMBER, Math.min(WINDOW, size))];
    }

    /** Fills a buffer, from its beginning, with a part of a file; a file that ends before is an error that names it. */
    static void fill(ByteBuffer buffer, FileChannel channel, long offset, String name) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException(name + " became shorter while it was read");
            }
        }
    }

    /** Reads a part of a file, also in a thread that is interrupted. */
    static void read(Path file, long offset, byte[] bytes, int count) throws IOException {
        ByteBuffer unused = Uninterrupted.read(file, channel -> {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
            fill(buffer, channel, offset, file.toString());
            return buffer;
        });
    }

    long position() {
        return windowEnd - (end - next);
    }

    long remaining() {
        return size - position();
    }

    long size() {
        return size;
    }

    int int32() {
        if (end - next < 4) {
            need(4);
        }
        int at = next;
        next = at + 4;
        return int32(window, at);
    }

    long int64() {
        if (end - next < 8) {
            need(8);
        }
        int at = next;
        next = at + 8;
        return (int32(window, at) & 0xffffffffL) | (long) int32(window, at + 4) << 32;
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
        int done = 0;
        while (done < length) {
            if (next == end) {
                need(1);
            }
            int n = Math.min(length - done, end - next);
            System.arraycopy(window, next, bytes, from + done, n);
            next += n;
            done += n;
        }
    }

    String text() {
        int length = textLength();
        if (length > end - next) {
            return new String(bytes(length), StandardCharsets.UTF_8);
        }
        int at = next;
        next = at + length;
        return new String(window, at, length, StandardCharsets.UTF_8);
    }

    /** Texts as they are in the file, a length before each. */
    byte[] texts(int count) {
        long from = position();
        int left = count;
        while (left > 0) {
            int skipped = skipTexts(Math.min(left, STRIDE));
            if (skipped == 0) {
                skip(textLength());
                skipped = 1;
            }
            left -= skipped;
        }
        return again(from);
    }

    /**
     * Moves behind texts that lie in the window as a whole, at most so many, and counts them. A method for a few, since methods are compiled sooner
     * than loops.
     */
    private int skipTexts(int most) {
        byte[] bytes = window;
        int last = windowEnd > metadataEnd ? -1 : end - Long.BYTES;
        int at = next;
        int count = 0;
        while (count < most && at <= last) {
            if ((bytes[at + 3] | bytes[at + 4] | bytes[at + 5] | bytes[at + 6] | bytes[at + 7]) != 0) {
                break;
            }
            int length = (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
            if (length > last - at) {
                break;
            }
            at += Long.BYTES + length;
            count++;
        }
        next = at;
        return count;
    }

    private void skip(int length) {
        int there = end - next;
        if (length <= there) {
            next += length;
        } else {
            windowEnd += length - there;
            next = 0;
            end = 0;
        }
    }

    /** What was read since an offset. */
    private byte[] again(long from) {
        long windowStart = windowEnd - end;
        if (from >= windowStart) {
            return Arrays.copyOfRange(window, (int) (from - windowStart), next);
        }
        byte[] bytes = new byte[(int) (position() - from)];
        try {
            for (int done = 0; done < bytes.length; done += WINDOW) {
                ByteBuffer part = ByteBuffer.wrap(bytes, done, Math.min(WINDOW, bytes.length - done));
                fill(part, channel, start + from, name);
            }
        } catch (IOException e) {
            throw new GgufException(name + " cannot be read: " + e.getMessage(), e);
        }
        return bytes;
    }

    GgufException damaged(String what) {
        return new GgufException(name + " is truncated or damaged at byte " + position() + ": " + what);
    }

    /** Makes the next {@code n} bytes, a few that are not there yet, available in the window. */
    private void need(int n) {
        if (remaining() < n) {
            throw new GgufException(
                    name + " ends at byte " + size + ", in the middle of its metadata: it is truncated");
        }
        System.arraycopy(window, next, window, 0, end - next);
        end -= next;
        next = 0;
        try {
            while (end < n) {
                int room = (int) Math.min(window.length - end, size - windowEnd);
                int read = channel.read(ByteBuffer.wrap(window, end, room), start + windowEnd);
                if (read <= 0) {
                    throw new GgufException(name + " became shorter while it was read");
                }
                end += read;
                windowEnd += read;
            }
        } catch (IOException e) {
            throw new GgufException(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    static int int32(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }
}
