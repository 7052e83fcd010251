package dev.tokapu.engine.disk;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The file of an entry: its {@link EntryHeader}, the bytes of its state, and the CRC-32C of both (int, big endian). The last checksum holds
 * header and state together.
 *
 * <p>Thread safety: safe, no state.
 */
final class EntryFile {

    private static final int BUFFER = 1 << 16;

    private EntryFile() {}

    /** The size of a file whose state has so many bytes. */
    static long size(EntryHeader header, long state) {
        return header.size() + state + Integer.BYTES;
    }

    static <S> void write(EntryHeader header, S state, DiskTier.Format<S> format, OutputStream out) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
        checked.write(header.toBytes());
        format.write(state, checked);
        checked.flush();
        int checksum = (int) checked.getChecksum().getValue();
        out.write(ByteBuffer.allocate(Integer.BYTES).putInt(checksum).array());
    }

    /**
     * Reads the header alone.
     *
     * @return null when it is of another format version
     * @throws DamagedEntryException when it is none, or not as it was written
     */
    static @Nullable EntryHeader header(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return EntryHeader.read(in);
        }
    }

    /**
     * Reads the state.
     *
     * @param in the bytes of a file
     * @param size how many there are
     * @param expected what the file was written for
     * @throws IOException when reading fails, or the file is not as it was written
     * @throws RuntimeException likewise
     */
    static <S> S read(InputStream in, long size, EntryHeader expected, DiskTier.Format<S> format) throws IOException {
        InputStream buffered = new BufferedInputStream(in, BUFFER);
        CheckedInputStream checked = new CheckedInputStream(buffered, new CRC32C());
        EntryHeader header = EntryHeader.read(checked);
        if (header == null || !header.isSame(expected)) {
            throw new DamagedEntryException("it is not of the tokens that it was written for");
        }
        LimitedInputStream body = new LimitedInputStream(checked, size - header.size() - Integer.BYTES);
        S state = format.read(body);
        boolean whole = false;
        try {
            int checksum = (int) checked.getChecksum().getValue();
            if (body.left() != 0 || new DataInputStream(buffered).readInt() != checksum) {
                throw new DamagedEntryException("its state is not as it was written");
            }
            whole = true;
            return state;
        } finally {
            if (!whole) {
                format.discard(state);
            }
        }
    }
}
