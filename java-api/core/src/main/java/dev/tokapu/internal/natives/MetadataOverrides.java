package dev.tokapu.internal.natives;

import dev.tokapu.spi.OverrideType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What replacements for metadata may be, and how they reach the native side.
 *
 * <p>Thread safety: safe, no state.
 */
public final class MetadataOverrides {

    private static final String TEMPLATE_KEY = "tokenizer.chat_template";

    /** Keys and texts of overrides are arrays of this many bytes in llama.cpp, with a NUL at the end. */
    private static final int OVERRIDE_BYTES = 128;

    private MetadataOverrides() {}

    /** Throws when llama.cpp cannot take it. */
    public static void check(String key, Object value) {
        checkText("key", key);
        if (key.startsWith(TEMPLATE_KEY)) {
            throw new IllegalArgumentException(
                    "metadata override " + key + ": llama.cpp takes chat templates from the file"
                            + " only; give yours to ChatOptions.template or ChatTemplate.of");
        }
        if (value instanceof String text) {
            checkText("value of " + key, text);
        } else if (!(value instanceof Boolean) && !isInteger(value) && !isFloat(value)) {
            throw new IllegalArgumentException("metadata override " + key + " has a value of " + value.getClass()
                    + "; use an integer, a floating-point number, a boolean or a string");
        }
    }

    private static void checkText(String what, String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes >= OVERRIDE_BYTES || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("metadata override: the " + what + " has " + bytes
                    + " bytes; it must have less than " + OVERRIDE_BYTES + " and no NUL character");
        }
    }

    private static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    private static boolean isFloat(Object value) {
        return value instanceof Double || value instanceof Float;
    }

    /** The overrides as the header wants them: key, type and value of each. */
    public static byte[] toNative(Map<String, Object> overrides) {
        List<String> texts = new ArrayList<>();
        overrides.forEach((key, value) -> {
            texts.add(key);
            texts.add(Integer.toString(type(value)));
            texts.add(value.toString());
        });
        return NativeErrors.utf8List(texts);
    }

    private static int type(Object value) {
        if (value instanceof Boolean) {
            return OverrideType.BOOL;
        }
        if (isInteger(value)) {
            return OverrideType.INT;
        }
        return isFloat(value) ? OverrideType.FLOAT : OverrideType.TEXT;
    }
}
