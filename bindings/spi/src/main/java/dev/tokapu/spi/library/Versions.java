package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;

/** The check that native libraries and Java classes were made for each other. */
final class Versions {

    private Versions() {}

    /**
     * Refuses libraries of another version.
     *
     * @param abi their {@code TOKAPU_ABI_VERSION}
     * @param llama their llama.cpp release
     * @param where where they are, for the message
     * @throws NativeLoadException when one of them is not what this code is written for
     */
    static void require(int abi, String llama, String where) {
        if (abi != NativeApi.ABI_VERSION) {
            throw mismatch(where, "tokapu.h version " + abi, Integer.toString(NativeApi.ABI_VERSION));
        }
        if (!llama.equals(NativeApi.LLAMA_VERSION)) {
            throw mismatch(where, "llama.cpp " + llama, NativeApi.LLAMA_VERSION);
        }
    }

    private static NativeLoadException mismatch(String where, String found, String needed) {
        return new NativeLoadException("The native libraries in " + where + " are of " + found + ", but this version of"
                + " Tokapu needs " + needed + ". Use the same version of tokapu-native and tokapu, and look for an"
                + " outdated -D" + NativeLibraries.DIRECTORY_PROPERTY + '.');
    }
}
