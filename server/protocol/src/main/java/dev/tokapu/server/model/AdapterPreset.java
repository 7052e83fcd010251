package dev.tokapu.server.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A LoRA adapter under a name of its own: {@code base:name}. Its requests share the engine, and so the weights, with those of the base.
 *
 * <p>Thread safety: immutable.
 *
 * @param name what follows the colon
 * @param aliases names that stand for both
 * @param path the GGUF file
 * @param scale how much it changes; 1 as it was trained
 * @since 0.1
 */
public record AdapterPreset(String name, List<String> aliases, Path path, double scale) {

    /** Checks the values. */
    public AdapterPreset {
        aliases = List.copyOf(aliases);
        Objects.requireNonNull(path, "path");
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of an adapter is empty; it follows the name of its model");
        }
    }
}
