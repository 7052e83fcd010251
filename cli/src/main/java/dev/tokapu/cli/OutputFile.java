package dev.tokapu.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that a command writes when all is computed. */
final class OutputFile {

    private OutputFile() {}

    /** Refuses one that cannot be written before anything is computed for it. */
    static void check(Path file) {
        if (Files.isDirectory(file)) {
            throw refused(file, "it is a folder; name a file in it");
        }
        if (Files.exists(file) && !Files.isWritable(file)) {
            throw refused(file, "check its permissions");
        }
        if (Files.exists(file) ? !Files.isRegularFile(file) : Files.isSymbolicLink(file)) {
            return; // a device or a pipe is written to; a link that leads nowhere yet is told of when its file is made
        }
        Path folder = folder(file);
        if (folder == null || !Files.isDirectory(folder)) {
            throw refused(file, "there is no folder " + folder + "; create it first");
        }
        if (!Files.isWritable(folder)) { // a file that is there is replaced, by one that is written beside it
            throw refused(file, "its folder is read-only; choose another one");
        }
    }

    private static @Nullable Path folder(Path file) {
        try {
            return (Files.exists(file) ? file.toRealPath() : file.toAbsolutePath()).getParent();
        } catch (IOException e) {
            throw refused(file, e.toString());
        }
    }

    private static CliException refused(Path file, String reason) {
        return new CliException(ExitCode.USAGE, file + " cannot be written: " + reason);
    }
}
