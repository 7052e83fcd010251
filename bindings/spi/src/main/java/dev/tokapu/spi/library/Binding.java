package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeApi;
import java.nio.file.Path;

/**
 * A loaded binding.
 *
 * @param api the functions
 * @param name {@code "ffm"} or {@code "jni"}
 * @param directory the folder of the native libraries, also of the compute backends
 * @since 0.1
 */
public record Binding(NativeApi api, String name, Path directory) {}
