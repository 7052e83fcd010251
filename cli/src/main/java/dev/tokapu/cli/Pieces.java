package dev.tokapu.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Makes the bytes of a token visible; a token may be a part of a character. */
final class Pieces {

    private Pieces() {}

    /** As text in single quotes, with escapes for line ends and the like. */
    static String quoted(byte[] piece) {
        String text = readable(piece);
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\'' -> quoted.append("\\'");
                default -> quoted.append(Character.isISOControl(c) ? hex(c) : String.valueOf(c));
            }
        }
        return quoted.append('\'').toString();
    }

    /** As text, or as {@code \xE2\x80} when the bytes are no whole characters. */
    static String readable(byte[] piece) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(piece))
                    .toString();
        } catch (CharacterCodingException e) {
            StringBuilder bytes = new StringBuilder();
            for (byte b : piece) {
                bytes.append(hex(b & 0xff));
            }
            return bytes.toString();
        }
    }

    private static String hex(int value) {
        return "\\x" + Character.toUpperCase(Character.forDigit(value >> 4 & 15, 16))
                + Character.toUpperCase(Character.forDigit(value & 15, 16));
    }
}
