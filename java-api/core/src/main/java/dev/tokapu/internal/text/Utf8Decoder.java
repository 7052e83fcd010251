package dev.tokapu.internal.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes UTF-8 that comes in pieces: a character that is split over pieces comes out whole with the last of them, and what
 * is not UTF-8 becomes U+FFFD, as {@link String} does it.
 *
 * <p>Thread safety: confined.
 */
public final class Utf8Decoder {

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer pending = ByteBuffer.allocate(64);
    private CharBuffer chars = CharBuffer.allocate(64);

    /** Creates one. */
    public Utf8Decoder() {}

    /**
     * Takes the next piece.
     *
     * @param bytes holds the piece
     * @param length its length, from index 0
     * @param out receives the characters that are complete now
     */
    public void feed(byte[] bytes, int length, StringBuilder out) {
        if (pending.remaining() < length) {
            ByteBuffer larger = ByteBuffer.allocate(pending.position() + length);
            larger.put(pending.flip());
            pending = larger;
        }
        pending.put(bytes, 0, length);
        decode(false, out);
    }

    /**
     * Ends the text: bytes of a character that never became whole come out as one U+FFFD. The decoder can be used again.
     *
     * @param out receives the rest
     */
    public void finish(StringBuilder out) {
        decode(true, out);
        decoder.reset();
        pending.clear();
    }

    /**
     * Whether bytes wait for the rest of their character.
     *
     * @return true inside a character
     */
    public boolean isPending() {
        return pending.position() > 0;
    }

    /**
     * Ends the text before a character that is not whole yet. The decoder can be used again.
     *
     * @return the bytes of that character, to be fed to what goes on; mostly none
     */
    public byte[] suspend() {
        byte[] half = Arrays.copyOf(pending.array(), pending.position());
        decoder.reset();
        pending.clear();
        return half;
    }

    private void decode(boolean end, StringBuilder out) {
        pending.flip();
        if (chars.capacity() < pending.remaining()) {
            chars = CharBuffer.allocate(pending.remaining() + 16);
        }
        CoderResult result;
        do {
            chars.clear();
            result = decoder.decode(pending, chars, end);
            out.append(chars.flip());
        } while (result.isOverflow());
        pending.compact();
    }
}
