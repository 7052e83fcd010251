package dev.tokapu.spi.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files that are mapped into this process, which tell where the linker has found a library. */
public final class MappedFiles {

    private MappedFiles() {}

    /**
     * The path of a library that is open.
     *
     * @param name what its file name begins with
     * @return the path, the name when the system does not tell
     */
    public static String pathOf(String name) {
        return all().stream()
                .filter(file -> String.valueOf(file.getFileName()).startsWith(name))
                .findFirst()
                .map(Path::toString)
                .orElse(name);
    }

    /** All of them, in the order of their addresses; none where the system does not tell. */
    static List<Path> all() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.indexOf('/') >= 0)
                    .map(line -> line.substring(line.indexOf('/')))
                    .distinct()
                    .map(Path::of)
                    .toList();
        } catch (IOException | RuntimeException e) {
            // Only messages suffer. RuntimeException: a path that the locale cannot express, an error in the middle.
            return List.of();
        }
    }
}
