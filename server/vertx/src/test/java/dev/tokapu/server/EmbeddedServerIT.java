package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.engine.Engine;
import dev.tokapu.server.model.ServedModel;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server inside an application, as docs/server.md shows it. */
@Timeout(300)
class EmbeddedServerIT {

    private static void serve(Path path, int port) throws InterruptedException {
        // @start region="embed"
        try (Model model = Model.load(path);
                Engine engine = Engine.start(model);
                Server server = Server.start(
                        ServerOptions.builder().port(port).build(),
                        List.of(new ServedModel("my-model", List.of(), engine)))) {
            server.awaitClose();
        }
        // @end
    }

    private static boolean answers(int port) {
        try (RawClient client = new RawClient(port)) {
            client.send("GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
            return client.readToEnd().contains("\"ok\"");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void embedded_answersUntilItsThreadIsInterrupted() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        FutureTask<Boolean> serving = new FutureTask<>(() -> {
            try {
                serve(TestModels.tinyFile(), port);
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        Thread thread = new Thread(serving, "serving");
        thread.start();
        ServerFixture.await("the answer", () -> answers(port));
        thread.interrupt();
        assertThat(serving.get(4, TimeUnit.MINUTES)).isTrue();
        assertThat(answers(port)).isFalse();
    }
}
