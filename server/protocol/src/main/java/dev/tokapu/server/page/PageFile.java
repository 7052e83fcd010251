package dev.tokapu.server.page;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of the page, as it is and compressed.
 *
 * <p>Thread safety: immutable.
 *
 * @param type the media type
 * @param encodings what there is of it, the smallest first; the last one is the file as it is
 */
record PageFile(String type, List<Encoding> encodings) {

    private static final int TAG_BYTES = 12;
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    /** One way to send it. */
    static final class Encoding {

        private final String name;
        private final byte[] bytes;
        private final String tag;

        /** Named as in Accept-Encoding; empty for the file as it is. */
        Encoding(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
            this.tag = '"' + digest(bytes) + '"';
        }

        String name() {
            return name;
        }

        byte[] bytes() {
            return bytes;
        }

        /** For the header ETag. */
        String tag() {
            return tag;
        }
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    static String typeOf(String name) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            throw new IllegalArgumentException("the page has a file of an unknown type: " + name);
        }
        return type;
    }

    /** The smallest that a client takes, by its header Accept-Encoding. */
    Encoding bestFor(@Nullable String accepted) {
        return encodings.stream()
                .filter(encoding ->
                        encoding.name().isEmpty() || (accepted != null && HeaderList.has(accepted, encoding.name())))
                .findFirst()
                .orElseThrow();
    }
}
