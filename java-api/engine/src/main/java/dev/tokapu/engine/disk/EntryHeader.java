package dev.tokapu.engine.disk;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.IntList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of an entry's file, which says what the state behind it is of. Big endian: {@code TOKAPUPX}, format version (int), size
 * of the rest but for the checksum (int), key (text), 1 when it is public or else 0 (byte), tenant (text), tokens (int count, ints),
 * CRC-32C of everything before (int). Texts are an int count and UTF-16, since UTF-8 would make one of some tenants.
 *
 * <p>Thread safety: safe; nobody changes its tokens.
 *
 * @param key what must be equal for a state to fit
 * @param tenant a text, or {@link PrefixScope#EVERYBODY}
 */
record EntryHeader(String key, Object tenant, IntList tokens) {

    /** The longest key or tenant, in characters. */
    static final int MOST_TEXT = 1 << 16;

    /** The most tokens. */
    static final int MOST_TOKENS = 1 << 24;

    private static final long MAGIC = 0x544F4B4150555058L;
    private static final int VERSION = 1;
    private static final int FIXED = Long.BYTES + 2 * Integer.BYTES;
    private static final int MOST_REST = restSize(MOST_TEXT, MOST_TEXT, MOST_TOKENS);

    /** Whether it can be written. */
    static boolean canHold(String key, Object tenant, int tokens) {
        boolean named =
                PrefixScope.EVERYBODY.equals(tenant) || (tenant instanceof String text && text.length() <= MOST_TEXT);
        return named && key.length() <= MOST_TEXT && tokens > 0 && tokens <= MOST_TOKENS;
    }

    /** Its size in a file. */
    int size() {
        return FIXED + restSize(key.length(), tenantText().length(), tokens.size()) + Integer.BYTES;
    }

    private static int restSize(int key, int tenant, int tokens) {
        return 3 * Integer.BYTES + 1 + Character.BYTES * (key + tenant) + Integer.BYTES * tokens;
    }

    private String tenantText() {
        return tenant instanceof String text ? text : "";
    }

    byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(size());
        out.putLong(MAGIC).putInt(VERSION).putInt(size() - FIXED - Integer.BYTES);
        putText(out, key);
        out.put((byte) (PrefixScope.EVERYBODY.equals(tenant) ? 1 : 0));
        putText(out, tenantText());
        out.putInt(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            out.putInt(tokens.get(i));
        }
        out.putInt(checksum(out.array(), out.position()));
        return out.array();
    }

    private static void putText(ByteBuffer out, String text) {
        out.putInt(text.length());
        for (int i = 0; i < text.length(); i++) {
            out.putChar(text.charAt(i));
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    /**
     * Reads one and no further. Nothing of what it says is believed before the checksum matches.
     *
     * @return null when it is of another format version
     * @throws DamagedEntryException when it is none, or not as it was written
     */
    static @Nullable EntryHeader read(InputStream in) throws IOException {
        byte[] fixed = in.readNBytes(FIXED);
        ByteBuffer first = ByteBuffer.wrap(fixed);
        if (fixed.length < FIXED || first.getLong() != MAGIC) {
            throw damaged();
        }
        if (first.getInt() != VERSION) {
            return null;
        }
        int rest = first.getInt();
        if (rest < 0 || rest > MOST_REST) {
            throw damaged();
        }
        byte[] bytes = in.readNBytes(rest + Integer.BYTES); // allocates as much as there is
        if (bytes.length < rest + Integer.BYTES) {
            throw damaged();
        }
        CRC32C checksum = new CRC32C();
        checksum.update(fixed);
        checksum.update(bytes, 0, rest);
        if (ByteBuffer.wrap(bytes, rest, Integer.BYTES).getInt() != (int) checksum.getValue()) {
            throw damaged();
        }
        return parse(ByteBuffer.wrap(bytes, 0, rest));
    }

    private static EntryHeader parse(ByteBuffer in) throws DamagedEntryException {
        try {
            String key = text(in);
            boolean everybody = in.get() != 0;
            String tenant = text(in);
            int count = in.getInt();
            if (count <= 0 || (long) count * Integer.BYTES != in.remaining()) {
                throw damaged();
            }
            int[] values = new int[count];
            in.asIntBuffer().get(values);
            IntList tokens = new IntList();
            tokens.addAll(values);
            return new EntryHeader(key, everybody ? PrefixScope.EVERYBODY : tenant, tokens);
        } catch (BufferUnderflowException e) {
            throw damaged();
        }
    }

    private static String text(ByteBuffer in) throws DamagedEntryException {
        int length = in.getInt();
        if (length < 0 || length > in.remaining() / Character.BYTES) {
            throw damaged();
        }
        char[] text = new char[length];
        in.asCharBuffer().get(text);
        in.position(in.position() + Character.BYTES * length);
        return new String(text);
    }

    private static DamagedEntryException damaged() {
        return new DamagedEntryException("its header is not as it was written");
    }

    /** Whether another one says the same. */
    boolean isSame(EntryHeader other) {
        return key.equals(other.key)
                && tenant.equals(other.tenant)
                && tokens.size() == other.tokens.size()
                && tokens.startsLike(other.tokens, tokens.size());
    }
}
