package dev.tokapu.spi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that are mapped into this process, which tell where the linker has found a library. */
final class MappedFiles {

    private MappedFiles() {}

    /** The path of a library that is open; its name when the system does not tell. */
    static String pathOf(String name) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                int slash = line.indexOf('/');
                if (slash >= 0 && line.substring(line.lastIndexOf('/') + 1).startsWith(name)) {
                    return line.substring(slash);
                }
            }
        } catch (IOException e) {
            // Only the display suffers.
        }
        return name;
    }
}
