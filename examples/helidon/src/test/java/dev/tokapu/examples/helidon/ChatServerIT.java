package dev.tokapu.examples.helidon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.source.DefaultModel;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ChatServerIT {

    @Test
    void server_answersStreamsAndStops() throws Exception {
        Engine engine = Engine.start(
                Model.load(DefaultModel.source()),
                EngineOptions.builder().maxSequences(1).sequenceContextSize(256).build());
        WebServer server = ChatServer.server(engine, 0).start();
        assertThat(get(server, "/chat?question=Hello")).isNotBlank();
        // In how many parts an answer comes depends on the machine.
        assertThat(get(server, "/stream?question=Hello")).startsWith("data:");
        assertThat(engine.snapshot().submitted()).isEqualTo(2);
        server.stop();
        assertThat(engine.isOpen()).isFalse();
    }

    private static String get(WebServer server, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
