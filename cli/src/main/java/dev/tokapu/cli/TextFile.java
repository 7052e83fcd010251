package dev.tokapu.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file of text that is an argument. */
final class TextFile {

    private TextFile() {}

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CliException(ExitCode.USAGE, file + " does not exist");
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, file + " cannot be read as UTF-8: " + e);
        }
    }
}
