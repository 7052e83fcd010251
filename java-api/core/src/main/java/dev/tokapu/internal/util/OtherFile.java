package dev.tokapu.internal.util;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that must not be one and the same, whatever their names are.
 *
 * <p>Thread safety: safe, no state.
 */
public final class OtherFile {

    private OtherFile() {}

    /**
     * Refuses to write to a file that is read.
     *
     * @param output the file that would be replaced, there or not
     * @param input the file that is read
     * @param what what the second file is, for the message
     * @throws IOException when the files cannot be compared
     * @throws IllegalArgumentException when both are the same file
     */
    public static void require(Path output, Path input, String what) throws IOException {
        if (Files.exists(output) && Files.exists(input) && Files.isSameFile(output, input)) {
            throw new IllegalArgumentException(output + " is " + what + "; give another name");
        }
    }
}
