package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A package of Python's index in an environment of its own, in the cache of the user. */
enum PythonClient {
    LLM("llm", "0.36"),
    OLLAMA("ollama", "0.6.3"),
    OPENAI("openai", "3.57.0"),
    SCHEMATHESIS("schemathesis", "4.32.5");

    private final String name;
    private final String version;

    PythonClient(String name, String version) {
        this.name = name;
        this.version = version;
    }

    /** What a script of src/test/python says, which must end well. */
    String run(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(environment().toString(), "src/test/python/" + script));
        command.addAll(List.of(arguments));
        return start(command.toArray(String[]::new));
    }

    private Path environment() throws IOException, InterruptedException {
        Path place = Path.of(System.getProperty("user.home"), ".cache", "tokapu", "clients", name + '-' + version);
        Path python = place.resolve("bin/python");
        if (!Files.exists(place.resolve("complete"))) {
            start("python3", "-m", "venv", place.toString());
            start(python.toString(), "-m", "pip", "install", "--quiet", name + "==" + version);
            Files.createFile(place.resolve("complete"));
        }
        return python;
    }

    private static String start(String... command) throws IOException, InterruptedException {
        Path log = Files.createTempFile("tokapu-client", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean ended = process.waitFor(20, TimeUnit.MINUTES);
            String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            assertThat(ended).as("has ended: %s", said).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            return said;
        } finally {
            process.destroyForcibly();
            Files.delete(log);
        }
    }
}
