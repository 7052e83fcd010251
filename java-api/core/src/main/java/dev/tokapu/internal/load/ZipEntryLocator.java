package dev.tokapu.internal.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A finder of where the bytes of a zip entry lie in its file, which {@code java.util.zip} does not tell. It reads the end
 * record, the central directory and the local header, zip64 included, of a zip that may itself lie inside a file.
 *
 * <p>Thread safety: safe; nothing is shared between calls.
 */
public final class ZipEntryLocator {

    /**
     * A zip entry.
     *
     * @param offset where its data begins in the file, in bytes
     * @param size its uncompressed size, in bytes
     * @param crc the CRC-32 of its uncompressed bytes
     * @param stored whether it is stored without compression and encryption
     */
    public record Entry(long offset, long size, long crc, boolean stored) {}

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_SIZE = 22;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int END64_LOCATOR_SIGNATURE = 0x07064b50;
    private static final int END64_LOCATOR_SIZE = 20;
    private static final int CENTRAL_SIGNATURE = 0x02014b50;
    private static final int CENTRAL_SIZE = 46;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int LOCAL_SIZE = 30;
    private static final int ZIP64_EXTRA = 1;
    private static final long IN_ZIP64 = 0xFFFFFFFFL;

    private final FileChannel file;
    private final long start;
    private final long size;

    /**
     * Looks into a zip that is a part of a file.
     *
     * @param start where the zip begins, in bytes
     */
    public ZipEntryLocator(FileChannel file, long start, long size) {
        this.file = file;
        this.start = start;
        this.size = size;
    }

    /**
     * Finds an entry.
     *
     * @return the entry, empty when there is none of that name
     * @throws IOException when the file cannot be read or is no zip
     */
    public Optional<Entry> find(String name) throws IOException {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        Directory directory = directory();
        long zipStart = directory.zipStart;
        ByteBuffer central = read(zipStart + directory.offset, Math.toIntExact(directory.size));
        while (central.remaining() >= CENTRAL_SIZE && central.getInt(central.position()) == CENTRAL_SIGNATURE) {
            int at = central.position();
            int nameLength = unsigned(central, at + 28);
            int extraLength = unsigned(central, at + 30);
            int next = at + CENTRAL_SIZE + nameLength + extraLength + unsigned(central, at + 32);
            if (next > central.limit()) {
                break;
            }
            if (nameLength == wanted.length
                    && ByteBuffer.wrap(wanted).equals(central.slice(at + CENTRAL_SIZE, nameLength))) {
                ByteBuffer extra = central.slice(at + CENTRAL_SIZE + nameLength, extraLength);
                return Optional.of(entry(central, at, extra.order(ByteOrder.LITTLE_ENDIAN), zipStart));
            }
            central.position(next);
        }
        return Optional.empty();
    }

    private Entry entry(ByteBuffer central, int at, ByteBuffer extra, long zipStart) throws IOException {
        long[] sizes = {unsignedInt(central, at + 24), unsignedInt(central, at + 20), unsignedInt(central, at + 42)};
        readZip64(extra, sizes);
        boolean encrypted = (unsigned(central, at + 8) & 1) != 0;
        boolean stored = unsigned(central, at + 10) == 0 && !encrypted && sizes[0] == sizes[1];
        ByteBuffer local = read(zipStart + sizes[2], LOCAL_SIZE);
        if (local.getInt(0) != LOCAL_SIGNATURE) {
            throw new IOException("no local header at byte " + (zipStart + sizes[2]));
        }
        long data = zipStart + sizes[2] + LOCAL_SIZE + unsigned(local, 26) + unsigned(local, 28);
        if (stored && data + sizes[0] > start + size) {
            throw new EOFException("the entry reaches beyond the end of the zip");
        }
        return new Entry(data, sizes[0], unsignedInt(central, at + 16), stored);
    }

    /** Replaces those of size, compressed size and header offset that did not fit into 32 bits. */
    private static void readZip64(ByteBuffer extra, long[] sizes) {
        while (extra.remaining() >= 4) {
            int id = Short.toUnsignedInt(extra.getShort());
            int end = Math.min(extra.limit(), Short.toUnsignedInt(extra.getShort()) + extra.position());
            if (id == ZIP64_EXTRA) {
                for (int i = 0; i < sizes.length; i++) {
                    if (sizes[i] == IN_ZIP64 && extra.position() + Long.BYTES <= end) {
                        sizes[i] = extra.getLong();
                    }
                }
            }
            extra.position(end);
        }
    }

    /** The central directory, and where the zip begins: later than the file does when something was put before it. */
    private record Directory(long offset, long size, long zipStart) {}

    private Directory directory() throws IOException {
        int tailSize = (int) Math.min(size, END_SIZE + 0xFFFF + END64_LOCATOR_SIZE);
        long tailStart = start + size - tailSize;
        ByteBuffer tail = read(tailStart, tailSize);
        for (int at = tailSize - END_SIZE; at >= 0; at--) {
            if (tail.getInt(at) == END_SIGNATURE && at + END_SIZE + unsigned(tail, at + 20) == tailSize) {
                long directorySize = unsignedInt(tail, at + 12);
                long offset = unsignedInt(tail, at + 16);
                int locator = at - END64_LOCATOR_SIZE;
                if (locator >= 0 && tail.getInt(locator) == END64_LOCATOR_SIGNATURE) {
                    return directory64(tail.getLong(locator + 8));
                }
                return new Directory(offset, directorySize, tailStart + at - directorySize - offset);
            }
        }
        throw new IOException("it is no zip or jar file");
    }

    private Directory directory64(long offset) throws IOException {
        ByteBuffer end = read(start + offset, 56);
        if (end.getInt(0) != END64_SIGNATURE) {
            throw new IOException("no zip64 end record at byte " + (start + offset));
        }
        return new Directory(end.getLong(48), end.getLong(40), start);
    }

    private ByteBuffer read(long position, int length) throws IOException {
        if (position < start || position + length > start + size) {
            throw new EOFException("byte " + position + " lies outside of the zip");
        }
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file ends at byte " + (position + buffer.position()));
            }
        }
        return buffer.flip();
    }

    private static int unsigned(ByteBuffer buffer, int at) {
        return Short.toUnsignedInt(buffer.getShort(at));
    }

    private static long unsignedInt(ByteBuffer buffer, int at) {
        return Integer.toUnsignedLong(buffer.getInt(at));
    }
}
