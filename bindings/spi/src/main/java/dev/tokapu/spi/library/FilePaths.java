package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeLoadException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Paths between texts, Java and native code. Java writes file names in the encoding of the locale that it was started in; native
 * code takes UTF-8.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class FilePaths {

    private FilePaths() {}

    /**
     * The path that a property or a variable names.
     *
     * @param text its value
     * @param name what has this value, for messages
     * @return the path
     * @throws NativeLoadException when the locale has no such letters
     */
    public static Path of(String text, String name) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new NativeLoadException(name + '=' + text + " is no path: " + e.getReason() + "; " + advice(), e);
        }
    }

    /**
     * The absolute path of a text that somebody else may have set.
     *
     * @param text a path, or anything
     * @return the path; empty when there is none, it is relative, or the locale has no such letters
     */
    public static Optional<Path> absolute(@Nullable String text) {
        try {
            return text == null || text.isBlank()
                    ? Optional.empty()
                    : Optional.of(Path.of(text)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /**
     * The user's home directory: {@code user.home}, or {@code HOME} where Java knows none, as in a container whose user has no name.
     *
     * @param property the property's value
     * @param variable the variable's value
     * @return the directory; empty when neither is an absolute path
     */
    public static Optional<Path> home(@Nullable String property, @Nullable String variable) {
        return absolute(property).or(() -> absolute(variable));
    }

    /**
     * Whether native code finds a file by the text of its path: all letters are those of the locale, or plain. On Windows, where names are
     * texts, it always does.
     *
     * @param path the path
     * @return false when bytes of it got lost
     */
    public static boolean isPortable(Path path) {
        String text = path.toString();
        boolean ascii = text.chars().allMatch(c -> c < 128);
        return ascii
                || NativeLibraries.isWindows()
                || (encoding().equals(StandardCharsets.UTF_8) && text.indexOf('\uFFFD') < 0);
    }

    /**
     * Whether the JVM can load a library from a path: it hands the path to the system in the locale's encoding, also on Windows.
     *
     * @param path the path
     * @return false when letters of it got lost
     */
    static boolean isLoadable(Path path) {
        return encoding().newEncoder().canEncode(path.toString());
    }

    /**
     * What to do about letters that the locale lacks.
     *
     * @return a sentence without a full stop
     */
    public static String advice() {
        return advice(NativeLibraries.isWindows());
    }

    static String advice(boolean windows) {
        return "Java was started in a locale whose file names are in " + encoding()
                + " (sun.jnu.encoding): letters beyond it need "
                + (windows ? "UTF-8 as the system's code page" : "LC_ALL=C.UTF-8 or another locale with UTF-8");
    }

    private static Charset encoding() {
        String name = System.getProperty("sun.jnu.encoding", "UTF-8");
        return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.US_ASCII;
    }
}
