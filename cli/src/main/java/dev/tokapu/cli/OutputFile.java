package dev.tokapu.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command writes when all is computed. */
final class OutputFile {

    private OutputFile() {}

    /** Refuses one that cannot be written before anything is computed for it. */
    static void check(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder) || Files.isDirectory(file)) {
            throw new CliException(
                    ExitCode.USAGE,
                    file
                            + " cannot be written: its folder must be there and writable, and it must be no folder itself");
        }
    }
}
