package dev.tokapu.ffm;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.library.NativeLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code libtokapu}, loaded by its path for the life of the process. Unlike {@code System.load} this works in any number of
 * class loaders; they share one library.
 *
 * <p>Public for the generated code only, which takes its symbols from here.
 */
public final class LoadedLibrary {

    private static volatile @Nullable LoadedLibrary instance;

    private final Path file;
    private final SymbolLookup lookup;

    private LoadedLibrary(Path file, SymbolLookup lookup) {
        this.file = file;
        this.lookup = lookup;
    }

    /**
     * Loads the library.
     *
     * @param directory its folder
     */
    static synchronized void load(Path directory) {
        Path file =
                NativeLibraries.library(directory, "tokapu").toAbsolutePath().normalize();
        LoadedLibrary loaded = instance;
        if (loaded == null) {
            NativeLibraries.loadedBefore(directory).forEach(before -> open(before.toAbsolutePath()));
            instance = new LoadedLibrary(file, open(file));
        } else if (!loaded.file.equals(file)) {
            throw new NativeLoadException("Cannot load " + file + ": this class loader has loaded " + loaded.file
                    + ". A process uses one set of native libraries.");
        }
    }

    /**
     * The loaded library.
     *
     * @return the library
     */
    public static LoadedLibrary get() {
        LoadedLibrary loaded = instance;
        if (loaded == null) {
            throw new IllegalStateException("libtokapu is not loaded");
        }
        return loaded;
    }

    /**
     * Finds a function.
     *
     * @param symbol its name
     * @return its address
     */
    public MemorySegment findOrThrow(String symbol) {
        return lookup.find(symbol)
                .orElseThrow(() -> new NativeLoadException("There is no function " + symbol + " in " + file
                        + ". Use the same version of tokapu-native and tokapu-ffm."));
    }

    private static SymbolLookup open(Path file) {
        try {
            return SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException withoutReason) {
            try {
                // The linker's own words are only to be had this way.
                System.load(file.toString());
            } catch (UnsatisfiedLinkError e) {
                throw NativeLibraries.cannotLoad(file, e);
            }
            return SymbolLookup.loaderLookup();
        }
    }
}
