package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.server.model.ModelPreset;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** /v1/stream over sockets, with an engine. */
@Timeout(300)
class StreamsIT {

    private static final String ID = "conv::org/model:Q8_0";
    private static final String QUERY = "/v1/stream?conv_id=" + URLEncoder.encode(ID, StandardCharsets.UTF_8);
    private static final int LONG = 20_000;

    @TinyModel
    private static Model model;

    @TempDir
    private Path folder;

    private static String request(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nhost: localhost\r\nx-conversation-id: " + ID + "\r\ncontent-length: "
                + body.length() + "\r\n\r\n" + body;
    }

    private static String completion(int tokens, String more) {
        return "{\"prompt\":\"abc\",\"temperature\":0,\"ignore_eos\":true,\"stream\":true,\"max_tokens\":" + tokens
                + more + "}";
    }

    @Test
    void answer_goesOnWithoutItsClient_andIsReadAgainWhole() throws Exception {
        try (ServerFixture http = new ServerFixture(model, 2, 1024, ServerOptions.defaults())) {
            try (RawClient client = new RawClient(http.server.port())) {
                String unused = client.send(request("/v1/completions", completion(500, ",\"logprobs\":1")))
                        .readTo("data: ");
                client.cut();
            }
            String all = http.text(QUERY).body();
            assertThat(all).startsWith("data: {").endsWith("data: [DONE]\n\n");
            int tokens = 0;
            String reason = "";
            for (String event : all.split("\n\n", -1)) {
                if (event.startsWith("data: {")) {
                    JsonNode choice = ServerFixture.json(event.substring("data: ".length()))
                            .path("choices")
                            .path(0);
                    tokens += choice.path("logprobs").path("tokens").size();
                    reason += choice.path("finish_reason").asText("");
                }
            }
            assertThat(tokens).isEqualTo(500);
            assertThat(reason).isEqualTo("length");
            byte[] bytes = all.getBytes(StandardCharsets.UTF_8);
            int middle = bytes.length / 2;
            assertThat(http.text(QUERY + "&from=" + middle).body())
                    .isEqualTo(new String(bytes, middle, bytes.length - middle, StandardCharsets.UTF_8));
            int end = bytes.length - "data: [DONE]\n\n".length();
            assertThat(http.text(QUERY + "&from=" + end).body()).isEqualTo("data: [DONE]\n\n");
            HttpResponse<String> gone = http.raw(http.to(QUERY).DELETE().build());
            assertThat(gone.statusCode()).isEqualTo(204);
            assertThat(http.text(QUERY).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void stop_endsTheGeneration_andTheConnection() throws Exception {
        try (ServerFixture http = new ServerFixture(model, 2, LONG + 100, ServerOptions.defaults());
                RawClient client = new RawClient(http.server.port())) {
            String unused = client.send(request("/v1/completions", completion(LONG, "")))
                    .readTo("data: ");
            assertThat(http.raw(http.to(QUERY).DELETE().build()).statusCode()).isEqualTo(204);
            ServerFixture.await(
                    "the end of the answer", () -> http.engine.snapshot().generating() == 0);
            assertThat(client.readTo("0\r\n\r\n")).doesNotContain("[DONE]");
        }
    }

    @Test
    void requestWithoutAStream_endsWithItsClient_andLeavesTheStreamOfItsId() throws Exception {
        try (ServerFixture http = new ServerFixture(model, 2, LONG + 100, ServerOptions.defaults())) {
            try (RawClient streamed = new RawClient(http.server.port());
                    RawClient whole = new RawClient(http.server.port())) {
                String unused = streamed.send(request("/v1/completions", completion(LONG, "")))
                        .readTo("data: ");
                streamed.cut();
                whole.send(request("/v1/completions", completion(LONG, "").replace("\"stream\":true,", "")));
                ServerFixture.await("both answers", () -> http.engine.snapshot().generating() == 2);
                whole.cut();
                ServerFixture.await(
                        "the end of one", () -> http.engine.snapshot().cancelled() == 1);
            }
            assertThat(http.raw(http.to(QUERY).DELETE().build()).statusCode()).isEqualTo(204);
            ServerFixture.await(
                    "the end of the stream", () -> http.engine.snapshot().generating() == 0);
        }
    }

    @Test
    void streamThatIsRefused_leavesTheStreamOfItsId() throws Exception {
        try (ServerFixture http = new ServerFixture(model, 2, LONG + 100, ServerOptions.defaults());
                RawClient streamed = new RawClient(http.server.port())) {
            String unused = streamed.send(request("/v1/completions", completion(LONG, "")))
                    .readTo("data: ");
            assertThat(answered(http, "/tokenize", "{\"content\":\"a\",\"stream\":true}"))
                    .isEqualTo(400);
            assertThat(answered(http, "/v1/completions", "{\"prompt\":1.5,\"stream\":true}"))
                    .isEqualTo(400);
            HttpRequest.Builder lookUp = http.to("/v1/streams/lookup")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"conversation_ids\":[\"" + ID + "\"]}"));
            assertThat(http.raw(lookUp.build()).body()).contains("\"is_done\":false");
            streamed.cut();
        }
    }

    /** The status of the response to a request with the id. */
    private static int answered(ServerFixture http, String path, String body) {
        HttpRequest.Builder request =
                http.to(path).header("x-conversation-id", ID).POST(HttpRequest.BodyPublishers.ofString(body));
        return http.raw(request.build()).statusCode();
    }

    @Test
    void close_endsWhatNobodyListensTo() throws Exception {
        ServerFixture http = new ServerFixture(model, 2, LONG + 100, ServerOptions.defaults());
        try (RawClient client = new RawClient(http.server.port())) {
            String unused = client.send(request("/v1/completions", completion(LONG, "")))
                    .readTo("data: ");
            client.cut();
            ServerFixture.await( // it was paused while the client took nothing
                    "the generation", () -> http.engine.snapshot().generating() == 1);
            http.server.close();
            ServerFixture.await(
                    "the end of the answer", () -> http.engine.snapshot().generating() == 0);
        } finally {
            http.close();
        }
    }

    @Test
    void clientThatLeavesWhileTheModelIsLoaded_canReadTheAnswer() throws Exception {
        Path file = Files.copy(TestModels.tinyFile(), folder.resolve("one.gguf"));
        try (ModelsFixture http = new ModelsFixture(1, ModelsFixture.preset("one", file))) {
            try (RawClient client = new RawClient(http.server.port())) {
                client.send(request("/v1/completions", completion(20, ",\"model\":\"one\"")));
                ServerFixture.await(
                        "the request", () -> http.response(QUERY).statusCode() != 404); // 503 while it is loaded
                client.cut();
            }
            ServerFixture.await(
                    "the answer",
                    () -> http.response(QUERY).statusCode() == 200
                            && http.response(QUERY).body().endsWith("data: [DONE]\n\n"));
        }
    }

    /** One model may be loaded, and the stream of a client that takes nothing uses it. */
    @Test
    void successorWithAnotherModel_takesTheRoomOfTheStream() throws Exception {
        try (ModelsFixture http = new ModelsFixture(1, longAnswers("one"), longAnswers("two"));
                RawClient client = new RawClient(http.server.port())) {
            String unused = client.send(
                            request("/v1/completions", completion(LONG, ",\"model\":\"one\",\"logprobs\":5")))
                    .readTo("data: ");
            assertThat(http.complete("two").status()).as("without the id").isEqualTo(503);
            try (RawClient next = new RawClient(http.server.port())) {
                String answer = next.send(request("/v1/completions", completion(5, ",\"model\":\"two\"")))
                        .readTo("0\r\n\r\n");
                assertThat(answer).startsWith("HTTP/1.1 200 ").contains("[DONE]");
            }
            assertThat(client.readTo("0\r\n\r\n")).doesNotContain("[DONE]");
            assertThat(http.state("one")).isEqualTo("unloaded");
        }
    }

    private ModelPreset longAnswers(String name) throws Exception {
        Path file = Files.copy(TestModels.tinyFile(), folder.resolve(name + ".gguf"));
        ModelPreset preset = ModelsFixture.preset(name, file);
        return preset.withOptions(
                preset.model(),
                preset.engine().toBuilder().sequenceContextSize(LONG + 100).build());
    }

    @Test
    void responses_tellOfTimeAndProgress_whereAsked() {
        try (ServerFixture http = new ServerFixture(
                model,
                1,
                512,
                ServerOptions.builder().keepAlive(Duration.ofMinutes(5)).build())) {
            String body = "{\"input\":\"" + "This is a test. ".repeat(10)
                    + "\",\"max_output_tokens\":8,\"stream\":true,\"ignore_eos\":true,\"timings_per_token\":true,"
                    + "\"return_progress\":true}";
            String events = http.raw(http.to("/v1/responses")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build())
                    .body();
            assertThat(events).contains("\"prompt_progress\":{\"total\":");
            for (String event : events.strip().split("\n\n", -1)) {
                assertThat(event).contains("\"timings\":{\"cache_n\":", "\"predicted_per_second\":");
                if (event.contains("prompt_progress")) {
                    assertThat(event).startsWith("event: response.in_progress\n");
                }
            }
        }
    }
}
