package dev.tokapu.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file of text that is an argument. */
final class TextFile {

    private static final long MOST_BYTES = Integer.MAX_VALUE - 8; // of an array

    private TextFile() {}

    static String read(Path file) {
        if (Files.isDirectory(file)) {
            throw new CliException(ExitCode.USAGE, file + " is a folder; name a file of text");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new CliException(
                        ExitCode.USAGE,
                        file + " has " + Units.bytes(Files.size(file)) + "; a text may have 2 GiB, use a part of it");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CliException(ExitCode.USAGE, file + " does not exist");
        } catch (CharacterCodingException e) {
            throw new CliException(ExitCode.USAGE, file + " is not UTF-8; convert it, with iconv for example");
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, file + " cannot be read: " + reason(e));
        }
    }

    /** What the system says, without the path, which is in the message already. */
    private static String reason(IOException e) {
        String said = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return said == null ? e.getClass().getSimpleName() : said;
    }
}
