package dev.tokapu.server.streams;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The last bytes of a stream, by their positions in the whole stream.
 *
 * <p>Thread safety: guarded by a lock of its owner.
 */
final class KeptBytes {

    private static final int LEAST = 4096;

    private final int most;
    private byte[] bytes = {};
    private int start; // of what is kept
    private int size;
    private long dropped;

    /** {@code most}: how many bytes are kept. */
    KeptBytes(int most) {
        this.most = most;
    }

    void add(byte[] more) {
        int keep = Math.min(more.length, most);
        drop(size + keep - most);
        makeRoom(keep);
        System.arraycopy(more, more.length - keep, bytes, start + size, keep);
        size += keep;
        dropped += more.length - keep;
    }

    private void makeRoom(int more) {
        if (start + size + more <= bytes.length) {
            return;
        }
        int length = size + more <= bytes.length / 2 ? bytes.length : Math.max(LEAST, 2 * (size + more));
        byte[] larger = new byte[length];
        System.arraycopy(bytes, start, larger, 0, size);
        bytes = larger;
        start = 0;
    }

    /** Drops so many of the oldest bytes; none if the count is not positive. */
    void drop(int count) {
        if (count > 0) {
            int gone = Math.min(count, size);
            start += gone;
            size -= gone;
            dropped += gone;
        }
    }

    /** How many are kept. */
    int size() {
        return size;
    }

    /** How many were added. */
    long total() {
        return dropped + size;
    }

    /** The bytes from a position on, empty at the end; null if they have been dropped. */
    byte @Nullable [] from(long place, int count) {
        if (place < dropped) {
            return null;
        }
        int from = start + (int) Math.min(size, place - dropped);
        return Arrays.copyOfRange(bytes, from, Math.min(start + size, from + count));
    }
}
