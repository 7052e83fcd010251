package dev.tokapu.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * all-MiniLM-L6-v2, a real embedding model of 22 million parameters, as a GGUF file: {@code minilm.py} writes it into the user's cache, once.
 *
 * <p>Thread safety: immutable, safe for any number of threads.
 */
public enum MiniLm {
    /** Weights as they were published. */
    F32,

    /** Weights in half precision. */
    F16;

    private static final int MINUTES = 15;

    /** The file. */
    public Path file() {
        Path root = Path.of(System.getProperty("tokapu.root"));
        try {
            String source = Files.readString(root.resolve("native/target/llama-source.path"))
                    .strip();
            String script =
                    root.resolve("test-support/src/main/python/minilm.py").toString();
            String printed =
                    run(List.of("python3", script, Path.of(source, "gguf-py").toString()));
            return Path.of(
                    printed.substring(printed.stripTrailing().lastIndexOf('\n') + 1)
                            .strip(),
                    "all-MiniLM-L6-v2." + name() + ".gguf");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(List<String> command) throws IOException {
        Path log = Files.createTempFile("tokapu-minilm", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
            String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(command + (ended ? " failed: " : " is still running: ") + said);
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            process.destroyForcibly();
            Files.delete(log);
        }
    }
}
