package dev.tokapu.internal.natives;

import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.internal.util.IntList;
import dev.tokapu.spi.NativeApi;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The bytes of a saved sequence, big endian: {@code TOKAPUST}, format version (int), key (int length, UTF-8), length of the sequence
 * (int), tokens (int count, ints), llama.cpp's bytes (long count, bytes), CRC-32C of everything before (int).
 *
 * <p>Thread safety: safe, no state.
 */
public final class StateFormat {

    private static final long MAGIC = 0x544F4B4150555354L;
    private static final int VERSION = 1;
    private static final int CHUNK = 1 << 20;
    private static final int MAX_KEY = 1 << 16;

    private StateFormat() {}

    /**
     * What a state consists of.
     *
     * @param key what must be equal for it to fit
     * @param length the positions of the sequence
     * @param tokens what its owner says its tokens are, perhaps none
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Parts(String key, int length, int[] tokens, NativeState bytes) {}

    /**
     * Writes a state.
     *
     * @param target where to; not closed
     * @throws IOException when writing fails
     * @throws SequenceStateException when its key is so long that it could not be read; nothing was written
     */
    public static void write(Parts parts, OutputStream target) throws IOException {
        byte[] key = parts.key.getBytes(StandardCharsets.UTF_8);
        if (key.length > MAX_KEY) {
            throw new SequenceStateException(
                    "the sequence cannot be saved: the description of what it was computed with has " + key.length
                            + " bytes, at most " + MAX_KEY + " fit; use fewer LoRA adapters");
        }
        CheckedOutputStream checked = new CheckedOutputStream(target, new CRC32C());
        DataOutputStream out = new DataOutputStream(checked);
        out.writeLong(MAGIC);
        out.writeInt(VERSION);
        out.writeInt(key.length);
        out.write(key);
        out.writeInt(parts.length);
        out.writeInt(parts.tokens.length);
        for (int token : parts.tokens) {
            out.writeInt(token);
        }
        long size = parts.bytes.size();
        out.writeLong(size);
        byte[] chunk = new byte[(int) Math.min(CHUNK, size)];
        for (long at = 0; at < size; at += chunk.length) {
            int count = (int) Math.min(chunk.length, size - at);
            parts.bytes.read(at, chunk, count);
            out.write(chunk, 0, count);
        }
        out.writeInt((int) checked.getChecksum().getValue());
        out.flush();
    }

    /**
     * Reads a state.
     *
     * @param source where from; read up to the end of the state, not closed
     * @throws IOException when reading fails
     * @throws SequenceStateException when these are not the bytes of a state, or not all of them, or not the right ones
     */
    public static Parts read(NativeApi api, InputStream source) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(source, new CRC32C());
        NativeState bytes = NativeState.empty(api);
        try {
            Parts parts = read(new DataInputStream(checked), checked, bytes);
            bytes = null;
            return parts;
        } catch (EOFException e) {
            throw new SequenceStateException("the state of the sequence is cut off; save it again", e);
        } finally {
            if (bytes != null) {
                bytes.close();
            }
        }
    }

    private static Parts read(DataInputStream in, CheckedInputStream checked, NativeState bytes) throws IOException {
        if (in.readLong() != MAGIC) {
            throw new SequenceStateException("these bytes are not a saved sequence; Sequence.state() makes them");
        }
        int version = in.readInt();
        if (version != VERSION) {
            throw new SequenceStateException("the sequence was saved in format " + version
                    + ", this version of Tokapu reads " + VERSION + "; decode its tokens again");
        }
        int keyLength = in.readInt();
        if (keyLength < 0 || keyLength > MAX_KEY) {
            throw damaged();
        }
        byte[] key = in.readNBytes(keyLength);
        int length = in.readInt();
        int tokenCount = in.readInt();
        if (key.length < keyLength || length < 0 || tokenCount < 0) {
            throw damaged();
        }
        // The count may be wrong: the list grows with what is there.
        IntList tokens = new IntList();
        for (int i = 0; i < tokenCount; i++) {
            tokens.add(in.readInt());
        }
        long size = in.readLong();
        byte[] chunk = new byte[CHUNK];
        for (long left = size; left > 0; ) {
            int count = in.read(chunk, 0, (int) Math.min(chunk.length, left));
            if (count < 0) {
                throw new EOFException();
            }
            bytes.append(chunk, count);
            left -= count;
        }
        int expected = (int) checked.getChecksum().getValue();
        if (in.readInt() != expected) {
            throw damaged();
        }
        return new Parts(new String(key, StandardCharsets.UTF_8), length, tokens.toArray(), bytes);
    }

    private static SequenceStateException damaged() {
        return new SequenceStateException(
                "the state of the sequence is damaged: its checksum does not match; save it again");
    }
}
