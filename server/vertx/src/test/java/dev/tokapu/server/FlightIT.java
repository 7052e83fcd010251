package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.server.caller.ApiKeys;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import jdk.jfr.FlightRecorder;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings of Flight Recorder on demand. */
@Timeout(300)
class FlightIT {

    private static final String PATH = "/tokapu/jfr";
    private static final String ADMIN = "sk-admin-0123456789abcdef";
    private static final String USER = "sk-user-0123456789abcdef";

    @TinyModel
    private static Model model;

    @TempDir
    private Path folder;

    private ServerFixture http;

    @AfterEach
    void close() {
        http.close();
    }

    private void start(ServerOptions options) {
        http = new ServerFixture(model, 2, 256, options);
    }

    private HttpRequest.Builder begin(String body) {
        return http.to(PATH).POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private CompletableFuture<HttpResponse<Path>> recording(HttpRequest.Builder request) {
        CompletableFuture<HttpResponse<Path>> sent =
                http.client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofFile(folder.resolve("server.jfr")));
        ServerFixture.await("a recording", FlightIT::isRecording);
        return sent;
    }

    private static boolean isRecording() {
        return FlightRecorder.getFlightRecorder().getRecordings().stream()
                .anyMatch(one -> one.getName().equals("tokapu") && one.getState() == jdk.jfr.RecordingState.RUNNING);
    }

    private static Set<String> events(Path file) throws IOException {
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        return events.stream().map(event -> event.getEventType().getName()).collect(Collectors.toSet());
    }

    private void complete() {
        assertThat(http.post("/v1/completions", "{\"prompt\":\"hello\",\"max_tokens\":3}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void recording_thatIsEnded_isTheFile_withoutTheEnvironment() throws Exception {
        start(ServerOptions.defaults());
        CompletableFuture<HttpResponse<Path>> sent = recording(begin("{\"seconds\":600}"));
        complete();
        ServerFixture.await(
                "the end of the request", () -> http.engine.snapshot().running() == 0);
        Reply second = http.send(begin("").build());
        assertThat(second.status()).isEqualTo(503);
        assertThat(second.json().path("error").asText()).contains("runs already");
        assertThat(http.delete(PATH).json().path("stopped").asBoolean()).isTrue();
        HttpResponse<Path> response = sent.join();
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/octet-stream");
        assertThat(events(response.body()))
                .contains("tokapu.EngineStep", "tokapu.EngineRequest")
                .doesNotContain("jdk.InitialEnvironmentVariable", "jdk.InitialSystemProperty", "jdk.SystemProcess");
        ServerFixture.await(
                "that nothing is kept",
                () -> FlightRecorder.getFlightRecorder().getRecordings().stream()
                        .noneMatch(one -> one.getName().equals("tokapu")));
        assertThat(http.delete(PATH).status()).isEqualTo(404);
    }

    @Test
    void recording_endsAfterItsTime() throws Exception {
        start(ServerOptions.defaults());
        HttpResponse<Path> response = http.client.send(
                begin("{\"seconds\":1,\"settings\":\"profile\"}").build(),
                HttpResponse.BodyHandlers.ofFile(folder.resolve("server.jfr")));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(events(response.body())).isNotEmpty();
    }

    @Test
    void recording_endsWhenItsClientGoesAway() throws Exception {
        start(ServerOptions.defaults());
        try (RawClient client = new RawClient(http.server.port())) {
            client.send("POST " + PATH + " HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n");
            ServerFixture.await("a recording", FlightIT::isRecording);
        }
        ServerFixture.await("its end", () -> !isRecording());
        assertThat(Files.exists(folder.resolve("server.jfr"))).isFalse();
        ServerFixture.await("the next one's turn", () -> http.delete(PATH).status() == 404);
    }

    @Test
    void keys_withoutTheRight_areRefused() {
        start(ServerOptions.builder()
                .callers(ApiKeys.parse(List.of(ADMIN + " admin", USER)))
                .build());
        for (HttpRequest.Builder request : List.of(begin(""), http.to(PATH).DELETE())) {
            Reply refused = http.send(request.copy().header("x-api-key", USER).build());
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.json().path("error").asText()).contains("'admin'");
            assertThat(http.send(request.copy().build()).status()).isEqualTo(401);
        }
        assertThat(isRecording()).isFalse();
        assertThat(http.send(http.to(PATH).DELETE().header("x-api-key", ADMIN).build())
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"seconds\":0}", "{\"seconds\":601}", "{\"settings\":\"all\"}", "{\"file\":\"/etc/x\"}", "7"})
    void wrongRequests_areRefused(String body) {
        start(ServerOptions.defaults());
        assertThat(http.send(begin(body).build()).status()).isEqualTo(400);
        assertThat(isRecording()).isFalse();
    }
}
