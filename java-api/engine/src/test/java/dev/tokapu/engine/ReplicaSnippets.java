package dev.tokapu.engine;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.device.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Code of docs/engine.md that wants several GPUs. */
final class ReplicaSnippets {

    private ReplicaSnippets() {}

    static void devices(Path file, List<Device> devices) {
        // @start region="devices"
        List<Model> models = new ArrayList<>();
        for (Device device : devices) {
            models.add(Model.load(file, ModelOptions.builder().devices(device).build()));
        }
        EngineOptions options =
                EngineOptions.builder().maxSequences(64 * models.size()).build();
        try (Engine engine = Engine.start(models, options)) {
            System.out.println(engine.submit("The capital of France is").text());
            engine.replicas().forEach(replica -> System.out.println(replica.devices() + " " + replica.snapshot()));
        } finally {
            models.forEach(Model::close);
        }
        // @end
    }
}
