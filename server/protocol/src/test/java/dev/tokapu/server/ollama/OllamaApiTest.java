package dev.tokapu.server.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.api.Workers;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.openai.OpenAiApi;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Without a model: what is known of none. */
@Timeout(120)
class OllamaApiTest {

    private final Workers workers = new Workers(1, 1);

    @AfterEach
    void close() {
        workers.close();
    }

    private FakeExchange send(String method, String path, String body) {
        Duration time = Duration.ofMinutes(10);
        Service service = new Service(ServedModels.of(List.of()), workers, time, time);
        FakeExchange exchange = new FakeExchange(method, path, body);
        new Dispatcher(service, Callers.local(), List.of(new OpenAiApi(service), new OllamaApi(service)))
                .handle(exchange);
        while (!exchange.ended) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return exchange;
    }

    @Test
    void version_isToldToAnybody() {
        assertThat(send("GET", "/api/version", "").sent()).matches("\\{\"version\":\"\\d+\\.\\d+\\.\\d+\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void root_saysThatItRuns(String method) {
        FakeExchange exchange = send(method, "/", "");
        assertThat(exchange.status).isEqualTo(200);
        assertThat(exchange.responseHeaders).containsEntry("content-type", "text/plain; charset=utf-8");
        assertThat(exchange.sent()).isEqualTo("Ollama is running");
    }

    @ParameterizedTest
    @CsvSource({"GET,/api/blobs/x,404", "POST,/api/push,404", "GET,/api/chat,405", "DELETE,/api/tags,405"})
    void otherPathsAndMethods_areRefusedInItsForm(String method, String path, int status) {
        FakeExchange exchange = send(method, path, "");
        assertThat(exchange.status).isEqualTo(status);
        assertThat(exchange.sent()).startsWith("{\"error\":\"").contains(path);
    }

    @Test
    void models_areAList() {
        assertThat(send("GET", "/api/tags", "").sent()).isEqualTo("{\"models\":[]}");
        assertThat(send("GET", "/api/ps", "").sent()).isEqualTo("{\"models\":[]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/chat", "/api/generate", "/api/embed", "/api/embeddings", "/api/show", "/api/pull"})
    void unknownModel_isNotFound_andTheErrorIsAText(String path) {
        FakeExchange exchange = send("POST", path, "{\"model\":\"other\"}");
        assertThat(exchange.status).isEqualTo(404);
        assertThat(exchange.sent()).startsWith("{\"error\":\"the model 'other' is not served here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/chat", "/api/generate", "/api/embed", "/api/embeddings", "/api/show", "/api/pull"})
    void noModel_isRefused(String path) {
        FakeExchange exchange = send("POST", path, "{}");
        assertThat(exchange.status).isEqualTo(400);
        assertThat(exchange.sent()).isEqualTo("{\"error\":\"model is missing; it must be given\"}");
    }

    @Test
    void pull_ofAnUnknownModel_saysThatNothingIsDownloaded() {
        assertThat(send("POST", "/api/pull", "{\"name\":\"other\"}").sent()).contains("downloads nothing");
    }
}
