package dev.tokapu.spi;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One way to call {@code libtokapu} from Java; found by {@link java.util.ServiceLoader}.
 *
 * <p>Thread safety: safe; {@code Bindings} calls {@link #load} at most once at a time.
 *
 * @since 0.1
 */
public interface NativeProvider {

    /**
     * The name that {@code -Dtokapu.binding} selects.
     *
     * @return {@code "ffm"} or {@code "jni"}
     */
    String name();

    /**
     * Why this binding cannot work on this JVM, without loading anything.
     *
     * @return null when it can work, otherwise half a sentence such as "requires Java 22 or newer, this is 17"
     */
    @Nullable
    String unsupportedReason();

    /**
     * Loads the libraries.
     *
     * @param directory the folder of the native libraries
     * @return the functions
     * @throws NativeLoadException when a library cannot be loaded
     */
    NativeApi load(Path directory);
}
