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
        String name = settings.model().getFileName().toString().replaceFirst("[.]gguf$", "");
        ServerOptions options = ServerOptions.builder()
                .port(Integer.parseInt(args[1]))
                .streamInterval(settings.number("stream-interval", 1))
                .build();
        List<Model> models = settings.load();
        try (Engine engine = settings.start(models);
                Server server = Server.start(options, List.of(new ServedModel(name, List.of(), engine)))) {
            System.out.println("serving at port " + server.port());
            server.awaitClose();
        } finally {
            models.forEach(Model::close);
        }
    }
}
