package dev.tokapu.examples.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyIT {

    @Test
    void main_texts_haveAllLabels(@TempDir Path folder) throws IOException {
        Path model = Files.write(folder.resolve("labels.gguf"), TinyPositionsGguf.CLASSIFYING.bytes());
        List<String> lines = run(model.toString(), "the sea", "a bird").lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith("the sea: label ").contains("label 0 ", "label 1 ", "label 2 ");
        assertThat(lines.get(1)).matches("a bird: (label \\d [\\d.]+ %(, )?){3}");
    }

    private static String run(String... args) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            Classify.main(args);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
