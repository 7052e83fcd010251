package dev.tokapu.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.MiniLm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("ffm")
class LocalDocumentsIT {

    @Test
    void main_question_isAnsweredWithWhatWasFound(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("animals.txt"), "The cat sleeps on the sofa all day.");
        Files.writeString(folder.resolve("money.txt"), "The central bank raised interest rates again.");
        assertThat(run(MiniLm.F16.file().toString(), folder.toString(), "What does a kitten do when it is tired?"))
                .startsWith("Answer: ")
                .contains("\nSource: animals.txt: The cat sleeps on the sofa all day.\n");
    }

    private static String run(String... args) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            LocalDocuments.main(args);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
