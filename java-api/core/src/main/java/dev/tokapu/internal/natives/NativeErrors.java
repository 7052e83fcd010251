package dev.tokapu.internal.natives;

import dev.tokapu.exception.AnswerFormatException;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.NativeAbortException;
import dev.tokapu.exception.NativeLibraryException;
import dev.tokapu.exception.SamplerException;
import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.exception.TokenizationException;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Status;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The conventions of the header in Java: status to exception, text out, text in.
 *
 * <p>Thread safety: safe.
 */
public final class NativeErrors {

    /** A function of {@link NativeApi} that writes text. */
    @FunctionalInterface
    public interface TextOut {

        /**
         * Calls it.
         *
         * @param length element 0 receives the bytes needed
         */
        int into(byte[] buf, int[] length);
    }

    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private NativeErrors() {}

    /**
     * Throws the exception that fits a status.
     *
     * @param status a status of the header
     * @param subject the object that it was tried on
     */
    public static void check(NativeApi api, int status, String action, String subject) {
        if (status < 0) {
            throw failure(api, status, action, subject);
        }
    }

    /**
     * The exception for a negative status of the last call of this thread.
     *
     * @param status a negative status of the header
     * @param action what was tried, for example {@code decode}
     * @param subject the object that it was tried on, for example {@code Model 'x.gguf'}
     */
    public static RuntimeException failure(NativeApi api, int status, String action, String subject) {
        return failure(status, lastError(api), action, subject);
    }

    /**
     * The exception for a negative status whose reason is known: the one place that knows which is which.
     *
     * @param status a negative status of the header
     * @param reason what the library said, empty for nothing
     * @param action what was tried, for example {@code decode}
     * @param subject the object that it was tried on, for example {@code Model 'x.gguf'}
     */
    public static RuntimeException failure(int status, String reason, String action, String subject) {
        String message = subject + ": " + action + " failed: " + (reason.isEmpty() ? "status " + status : reason);
        return switch (status) {
            case Status.ERROR_ARGUMENT -> new IllegalArgumentException(message);
            case Status.ERROR_HANDLE -> new IllegalStateException(subject + " is closed");
            case Status.ERROR_BUSY ->
                new IllegalStateException(
                        message + "; let one thread at a time use it, for example by giving each thread its own");
            case Status.ERROR_MODEL -> new ModelLoadException(subject, reason);
            case Status.ERROR_CONTEXT -> new ContextCreationException(message);
            case Status.ERROR_DECODE -> new DecodeException(message);
            case Status.ERROR_GRAMMAR -> new GrammarException(message);
            case Status.ERROR_TEMPLATE -> new ChatTemplateException(message);
            case Status.ERROR_TOKENIZE -> new TokenizationException(message);
            case Status.ERROR_UNSUPPORTED -> new UnsupportedOperationException(message);
            case Status.ERROR_CANCELLED -> new CancellationException(message);
            case Status.ERROR_BACKEND -> new NativeLibraryException(message);
            case Status.ERROR_ABORT, Status.ERROR_POISONED ->
                new NativeAbortException(message + "; close it and create a new one");
            case Status.ERROR_MEMORY ->
                new DeviceMemoryException(message
                        + "; let Fit.of() choose, or take fewer gpuLayers, a smaller contextSize or a smaller"
                        + " number format of the KV cache");
            case Status.ERROR_STATE -> new SequenceStateException(message);
            case Status.ERROR_CALLBACK -> new SamplerException(message);
            case Status.ERROR_ANSWER -> new AnswerFormatException(message);
            default -> new TokapuException(message);
        };
    }

    /**
     * What the last error of this thread was.
     *
     * @return the text, empty when there was none
     */
    public static String lastError(NativeApi api) {
        byte[] buf = new byte[1024];
        int[] length = new int[1];
        int status = api.system().lastError(buf, length);
        if (status == Status.ERROR_BUFFER) {
            buf = new byte[length[0]];
            status = api.system().lastError(buf, length);
        }
        return status < 0 ? "" : new String(buf, 0, Math.min(length[0], buf.length), StandardCharsets.UTF_8);
    }

    /**
     * Reads bytes of unknown length: with a guess first, then with what is needed.
     *
     * @param draft the capacity to begin with, in bytes
     * @param subject the object that it is tried on
     */
    public static byte[] bytes(NativeApi api, int draft, String action, String subject, TextOut call) {
        byte[] buf = new byte[draft];
        int[] length = new int[1];
        int status = call.into(buf, length);
        while (status == Status.ERROR_BUFFER) {
            buf = new byte[length[0]];
            status = call.into(buf, length);
        }
        check(api, status, action, subject);
        return length[0] == buf.length ? buf : Arrays.copyOf(buf, length[0]);
    }

    /**
     * Reads text of unknown length.
     *
     * @param subject the object that it is tried on
     * @return the text; bytes that are no UTF-8 become U+FFFD
     */
    public static String text(NativeApi api, String action, String subject, TextOut call) {
        return new String(bytes(api, 256, action, subject, call), StandardCharsets.UTF_8);
    }

    /** Text as UTF-8. A surrogate without its partner becomes U+FFFD. */
    public static byte[] utf8(String text) {
        if (!hasLoneSurrogate(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8
                    .newEncoder()
                    .replaceWith(REPLACEMENT)
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text cannot be encoded as UTF-8: " + e.getMessage(), e);
        }
    }

    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /**
     * Texts as one block of NUL-terminated UTF-8 strings.
     *
     * @param texts the texts, none with a NUL character
     */
    public static byte[] utf8List(List<String> texts) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String text : texts) {
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("text '" + text.replace("\0", "\\0")
                        + "' holds a NUL character, which cannot be passed on here");
            }
            block.writeBytes(utf8(text));
            block.write(0);
        }
        return block.toByteArray();
    }
}
