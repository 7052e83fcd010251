package dev.tokapu.server;

import dev.tokapu.testsupport.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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
        Path python = Command.python(name + '-' + version, name + "==" + version);
        List<String> command = new ArrayList<>(List.of(python.toString(), "src/test/python/" + script));
        command.addAll(List.of(arguments));
        return Command.run(new ProcessBuilder(command), Duration.ofMinutes(20));
    }
}
