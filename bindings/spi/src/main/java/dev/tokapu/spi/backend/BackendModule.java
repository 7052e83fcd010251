package dev.tokapu.spi.backend;

import dev.tokapu.spi.NativeLoadException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The file of a backend that was found and not touched yet.
 *
 * @param name what it is for, for example {@code cuda}
 * @param origin the jar or folder that it comes from
 * @param file unpacks and checks it; throws {@link NativeLoadException} when it cannot be used
 */
record BackendModule(String name, String origin, Supplier<Path> file) {}
