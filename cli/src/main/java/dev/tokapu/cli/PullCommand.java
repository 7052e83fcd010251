package dev.tokapu.cli;

import dev.tokapu.hub.Hub;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Downloads a model of a hub. */
@Command(
        name = "pull",
        abbreviateSynopsis = true,
        description = {
            "Downloads a model, or its latest version, and prints the path of its file.",
            "NAME is hf://org/repo:Q4_K_M, ollama://name:tag or https://host/model.gguf; docs/models.md has more."
        })
final class PullCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = "NAME", description = "The model.")
    private String name = "";

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress on stderr.")
    private boolean quiet;

    @Mixin
    private OutputArgs output = new OutputArgs();

    PullCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        ModelSource source = ModelSource.of(name);
        if (!(source instanceof ModelSource.Remote remote)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "'" + name + "' is no name of a model on a hub; give one such as hf://org/repo:Q4_K_M");
        }
        DownloadArgs.download(remote, console, quiet);
        Path file = Hub.open().find(name).orElseThrow();
        if (output.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", remote.toString());
            json.put("file", file.toString());
            console.println(Json.of(json));
        } else {
            console.println(file.toString());
        }
        return ExitCode.OK;
    }
}
