package dev.tokapu.spi.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compute backend that was found beside the CPU's, and what became of it.
 *
 * @param name what it is for, for example {@code cuda}
 * @param origin the jar or folder that it comes from
 * @param file its file, null when it was not unpacked
 * @param state what became of it
 * @param devices the number of devices that it added
 * @param problem why it is not in use, empty when it is
 * @param advice the one thing to do about that; empty when there is nothing to do
 * @param facts what its build says: {@code toolkit} and {@code architectures} for example
 * @param libraries the libraries that were looked for on its behalf
 * @since 0.1
 */
public record Backend(
        String name,
        String origin,
        @Nullable Path file,
        State state,
        int devices,
        String problem,
        String advice,
        Map<String, String> facts,
        List<Library> libraries) {

    /** What became of a backend. */
    public enum State {
        /** In use. */
        LOADED,
        /** Wanted, but it cannot be used. */
        FAILED,
        /** Not wanted. */
        LEFT_OUT
    }

    /**
     * A shared library that a backend uses.
     *
     * @param name its file name
     * @param path where it was found, empty when it was not
     * @param without what happens without it, empty when it is needed
     */
    public record Library(String name, String path, String without) {}

    /** Makes the collections unchangeable. */
    public Backend {
        facts = Map.copyOf(facts);
        libraries = List.copyOf(libraries);
    }

    static Backend leftOut(BackendModule module, String reason) {
        return new Backend(module.name(), module.origin(), null, State.LEFT_OUT, 0, reason, "", Map.of(), List.of());
    }

    static Backend failed(String name, String origin, String problem, String advice) {
        return new Backend(name, origin, null, State.FAILED, 0, problem, advice, Map.of(), List.of());
    }
}
