package dev.tokapu.spi.backend;

import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a search for files depends on.
 *
 * @param property system properties
 * @param variable environment variables
 * @param root the folder that absolute paths begin in
 */
record SystemEnvironment(
        Function<String, @Nullable String> property, Function<String, @Nullable String> variable, Path root) {

    static SystemEnvironment real() {
        return new SystemEnvironment(System::getProperty, System::getenv, Path.of("/"));
    }
}
