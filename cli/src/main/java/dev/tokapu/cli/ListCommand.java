package dev.tokapu.cli;

import dev.tokapu.hub.CachedModel;
import dev.tokapu.hub.Hub;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the models of hubs that are on this machine. */
@Command(
        name = "list",
        abbreviateSynopsis = true,
        description = "Lists the models of hubs that are on this machine, by the names that --model takes.")
final class ListCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private OutputArgs output = new OutputArgs();

    ListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        List<CachedModel> models = Hub.open().list();
        if (output.json()) {
            List<Map<String, Object>> list = new ArrayList<>();
            for (CachedModel model : models) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("name", model.name());
                json.put("file", model.file().toString());
                json.put("bytes", model.bytes());
                list.add(json);
            }
            console.println(Json.of(Map.of("models", list)));
            return ExitCode.OK;
        }
        if (models.isEmpty()) {
            console.note("No model of a hub is on this machine. Try: ./tokapu pull hf://org/repo:Q4_K_M");
            return ExitCode.OK;
        }
        Table table = new Table("name", "size", "file");
        models.forEach(model ->
                table.add(model.name(), Units.bytes(model.bytes()), model.file().toString()));
        console.print(table.toString());
        return ExitCode.OK;
    }
}
