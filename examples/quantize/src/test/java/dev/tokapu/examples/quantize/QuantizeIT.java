package dev.tokapu.examples.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.TinyGguf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeIT {

    @TempDir
    Path folder;

    @Test
    void main_tinyModel_quantizesAndCompares() throws IOException {
        Path model = TinyGguf.write(
                folder.resolve("model.gguf"), TinyGguf.builder().build().bytes());
        Path output = folder.resolve("model-q8_0.gguf");
        Path text = Files.writeString(folder.resolve("text.txt"), Corpus.prose().substring(0, 2000));
        String printed = run(model.toString(), output.toString(), "q8_0", text.toString());
        assertThat(printed)
                .contains("It will be ", "bits a weight", "model.gguf: perplexity ", "model-q8_0.gguf: perplexity ");
        assertThat(Files.size(output)).isLessThan(Files.size(model));
    }

    private static String run(String... args) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            Quantize.main(args);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
