package dev.tokapu.raw;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.library.NativeLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The native libraries behind {@link Llama}: libllama, libmtmd, libggml and libggml-base, whose files have names of our own,
 * such as {@code libtokapu-llama.so}. They are found as the Tokapu API finds them ({@code -Dtokapu.native.dir} or a
 * {@code tokapu-native} jar), loaded at the first use of a function, and stay loaded. A JVM that uses the Tokapu API as well
 * shares them with it.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class RawLibraries {

    /** Where a function may be, the most likely place first. */
    private static final List<String> NAMES = List.of("tokapu-llama", "tokapu-mtmd", "tokapu-ggml-base", "tokapu-ggml");

    private RawLibraries() {}

    private static final class Loaded {
        static final Path DIRECTORY = NativeLibraries.locate();
        static final SymbolLookup LOOKUP = load(DIRECTORY);
    }

    /**
     * The folder of the libraries, which is also the one to give to {@link Llama#ggml_backend_load_all_from_path}.
     *
     * @return an absolute path
     * @throws NativeLoadException when there are none for this platform
     */
    public static Path directory() {
        return Loaded.DIRECTORY;
    }

    /**
     * The address of a C function.
     *
     * @param name its name
     * @return the address
     * @throws NativeLoadException when the libraries do not have it
     */
    public static MemorySegment symbol(String name) {
        return Loaded.LOOKUP
                .find(name)
                .orElseThrow(() -> new NativeLoadException("There is no C function " + name + " in the libraries "
                        + String.join(", ", NAMES) + " of " + Loaded.DIRECTORY
                        + ". They are of another release than this jar, or incomplete."));
    }

    private static SymbolLookup load(Path directory) {
        NativeLibraries.loadedBefore(directory).forEach(RawLibraries::open);
        SymbolLookup all = name -> java.util.Optional.empty();
        for (String name : NAMES) {
            Path file = NativeLibraries.library(directory, name);
            if (Files.exists(file)) {
                all = all.or(open(file));
            }
        }
        return all;
    }

    private static SymbolLookup open(Path file) {
        try {
            return SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            throw NativeLibraries.cannotLoad(file, e);
        }
    }
}
