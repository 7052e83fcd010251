package dev.tokapu.examples.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.MiniLm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SemanticSearchIT {

    @Test
    void main_questionInOtherWords_isFoundByMeaning(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("animals.txt"),
                "The cat sleeps on the sofa all day.\n\nSharks have been swimming in the sea for ages.\n");
        Files.writeString(folder.resolve("money.md"), "The central bank raised interest rates again.");
        Files.writeString(folder.resolve("ignored.bin"), "What do cats do?");
        List<String> lines = run(
                        MiniLm.F16.file().toString(),
                        folder.toString(),
                        "What does a kitten do when it is tired?",
                        "interest")
                .lines()
                .toList();
        assertThat(lines.get(0)).isEqualTo("What does a kitten do when it is tired?");
        assertThat(lines.get(1)).isEqualTo("  by meaning");
        assertThat(lines.get(2)).isEqualTo("    animals.txt: The cat sleeps on the sofa all day.");
        List<String> second = lines.subList(lines.indexOf("interest"), lines.size());
        assertThat(second)
                .containsSubsequence(
                        "  by words", "    money.md: The central bank raised interest rates again.", "  by both");
        assertThat(second.get(second.indexOf("  by both") + 1)).contains("money.md");
    }

    private static String run(String... args) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            SemanticSearch.main(args);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
