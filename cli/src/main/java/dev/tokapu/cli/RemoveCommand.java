package dev.tokapu.cli;

import dev.tokapu.hub.Hub;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes models of hubs from this machine. */
@Command(
        name = "rm",
        abbreviateSynopsis = true,
        description = {
            "Removes models of hubs from this machine.",
            "NAME is as ./tokapu list has it. hf://org/repo without a quantization removes all GGUF files of the repository."
        })
final class RemoveCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "The models.")
    private List<String> names = List.of();

    @Mixin
    private OutputArgs output = new OutputArgs();

    RemoveCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        Hub hub = Hub.open();
        Map<String, Object> freed = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            long bytes = hub.remove(name);
            if (bytes < 0) {
                missing.add("'" + name + "'");
                continue;
            }
            freed.put(name, bytes);
            if (!output.json()) {
                console.note("Removed " + name + ", " + Units.bytes(bytes));
            }
        }
        if (output.json()) {
            console.println(Json.of(Map.of("removed", freed)));
        }
        if (!missing.isEmpty()) {
            throw new CliException(
                    ExitCode.MODEL,
                    String.join(", ", missing) + (missing.size() == 1 ? " is" : " are")
                            + " not on this machine; ./tokapu list shows what is");
        }
        return ExitCode.OK;
    }
}
