package dev.tokapu.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command writes when all is computed. */
final class OutputFile {

    private OutputFile() {}

    /** Refuses one that cannot be written before anything is computed for it. */
    static void check(Path file) {
        check("", file);
    }

    /** The same for the file of an option, which its name and a blank begin the message with. */
    static void check(String option, Path file) {
        if (Files.isDirectory(file)) {
            throw refused(option, file, "it is a folder; name a file in it");
        }
        if (Files.exists(file)) {
            if (!Files.isWritable(file)) {
                throw refused(option, file, "check its permissions");
            }
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isSymbolicLink(file) && (folder == null || !Files.isDirectory(folder))) {
            throw refused(option, file, "there is no folder " + folder + "; create it first");
        }
        if (!Files.isSymbolicLink(file) && !Files.isWritable(folder)) {
            throw refused(option, file, "its folder is read-only; choose another one");
        }
    }

    private static CliException refused(String option, Path file, String reason) {
        return new CliException(ExitCode.USAGE, option + file + " cannot be written: " + reason);
    }
}
