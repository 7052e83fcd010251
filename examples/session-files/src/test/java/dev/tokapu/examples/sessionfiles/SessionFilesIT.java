package dev.tokapu.examples.sessionfiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.exception.SequenceStateException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFilesIT {

    @TempDir
    private Path folder;

    @Test
    void main_twice_goesOnWithoutDecodingThePrompt() throws IOException {
        Path file = folder.resolve("story.state");
        String first = run(file.toString());
        String second = run(file.toString());
        assertThat(first).doesNotContain("decoded: 0\n");
        assertThat(second).contains("decoded: 0\n");
        assertThat(text(second)).isEqualTo(text(first)).isNotBlank();
        Files.write(file, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> run(file.toString())).isInstanceOf(SequenceStateException.class);
    }

    private static String text(String out) {
        return out.substring(out.indexOf('\n') + 1);
    }

    private static String run(String... args) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            SessionFiles.main(args);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
