package dev.tokapu.benchmarks.load;

import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.server.Server;
import dev.tokapu.server.ServerOptions;
import dev.tokapu.server.model.ServedModel;
import java.util.List;

/**
 * Serves an engine over HTTP, for {@link LoadBench} in another process: {@code ServeEngine SETTINGS PORT}, settings as {@link EngineSettings}
 * has them. It runs until it is killed.
 */
public final class ServeEngine {

    private ServeEngine() {}

    /** Serves. */
    public static void main(String[] args) throws InterruptedException {
        EngineSettings settings = EngineSettings.parse(args[0]);
        List<Model> models = settings.load();
        try (Engine engine = settings.start(models);
                Server server = start(settings, engine, Integer.parseInt(args[1]))) {
            System.out.println("serving at port " + server.port());
            server.awaitClose();
        } finally {
            models.forEach(Model::close);
        }
    }

    /** Serves an engine with these settings, under the {@linkplain EngineSettings#name name} of its model; port 0 is any free one. */
    static Server start(EngineSettings settings, Engine engine, int port) {
        ServerOptions options = ServerOptions.builder()
                .port(port)
                .streamInterval(settings.number("stream-interval", 1))
                .build();
        return Server.start(options, List.of(new ServedModel(settings.name(), List.of(), engine)));
    }
}
