package dev.tokapu.examples.micronaut;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.Engine;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("ffm")
@Timeout(300)
class ChatApplicationIT {

    @Test
    void application_answersStreamsAndStops() throws Exception {
        Engine engine;
        try (EmbeddedServer server = ApplicationContext.run(
                EmbeddedServer.class, Map.of("micronaut.server.port", -1, "micronaut.server.host", "127.0.0.1"))) {
            engine = server.getApplicationContext().getBean(Engine.class);
            assertThat(get(server.getURI().resolve("/chat?question=Hello"))).isNotBlank();
            assertThat(get(server.getURI().resolve("/stream?question=Hello")))
                    .startsWith("data: {\"text\":\""); // in how many parts depends on the machine
            assertThat(engine.snapshot().submitted()).isEqualTo(2);
        }
        assertThat(engine.isOpen()).isFalse();
    }

    private static String get(URI address) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
