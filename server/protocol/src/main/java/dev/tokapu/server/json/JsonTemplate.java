package dev.tokapu.server.json;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Function;

/**
 * JSON with a gap for a text, written once and filled often: what a stream of small events has in common.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class JsonTemplate {

    private static final String GAP = "gap-" + UUID.randomUUID();
    private static final byte[] QUOTED_GAP = ('"' + GAP + '"').getBytes(StandardCharsets.US_ASCII);

    private final byte[] before;
    private final byte[] after;

    private JsonTemplate(byte[] before, byte[] after) {
        this.before = before;
        this.after = after;
    }

    /**
     * Writes the JSON around the gap.
     *
     * @param value makes the value with a text in it, once
     * @return the template
     */
    public static JsonTemplate of(Function<String, Object> value) {
        byte[] json = JsonText.write(value.apply(GAP));
        int gap = 0;
        while (!Arrays.equals(json, gap, gap + QUOTED_GAP.length, QUOTED_GAP, 0, QUOTED_GAP.length)) {
            gap++;
        }
        return new JsonTemplate(
                Arrays.copyOf(json, gap), Arrays.copyOfRange(json, gap + QUOTED_GAP.length, json.length));
    }

    /** {@return the JSON with a text in the gap, as UTF-8} */
    public byte[] with(String text) {
        byte[] quoted = JsonText.write(text);
        return ByteBuffer.allocate(before.length + quoted.length + after.length)
                .put(before)
                .put(quoted)
                .put(after)
                .array();
    }
}
