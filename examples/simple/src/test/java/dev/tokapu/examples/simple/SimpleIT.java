package dev.tokapu.examples.simple;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Oracle;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimpleIT {

    private static final String MODEL = "/dev/tokapu/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    @TempDir
    private Path directory;

    @Test
    void main_defaultPrompt_equalsLlamaCpp() throws Exception {
        Path model = directory.resolve("model.gguf");
        try (InputStream in = SimpleIT.class.getResourceAsStream(MODEL)) {
            Files.copy(in, model);
        }
        String prompt = "Hello my name is";
        int threads = Runtime.getRuntime().availableProcessors();
        String expected = Oracle.fromSystemProperty()
                .completionGreedy(model, prompt, 32, threads)
                .text();

        assertThat(run()).isEqualTo(prompt + expected + "\n");
        assertThat(run("-m", model.toString(), "-n", "8", "Hello", "my", "name", "is"))
                .startsWith(prompt)
                .hasSizeLessThan(prompt.length() + expected.length());
    }

    private static String run(String... args) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            Simple.main(args);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
