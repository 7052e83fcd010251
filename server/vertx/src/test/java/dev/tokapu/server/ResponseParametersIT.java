package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.responses.StoreLimits;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What /v1/responses takes and refuses, whose responses are, and how they fail. */
@Timeout(300)
class ResponseParametersIT {

    private static final String PATH = "/v1/responses";
    private static final String ONE = "sk-one-0123456789abcdef";
    private static final String TWO = "sk-two-0123456789abcdef";
    private static final int LONG = 30_000;

    @TinyModel
    private static Model model;

    private ServerFixture http;

    @BeforeEach
    void start() {
        start(ServerOptions.defaults());
    }

    private void start(ServerOptions options) {
        if (http != null) {
            http.close();
        }
        http = new ServerFixture(model, 2, LONG + 1000, options);
    }

    @AfterEach
    void close() {
        http.close();
    }

    private static String body(String more) {
        return "{\"input\":\"hello\",\"max_output_tokens\":2" + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private Reply send(String method, String key, String path, String body) {
        return http.send(http.to(path)
                .header("authorization", "Bearer " + key)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    @Test
    void whatClientsSend_isTaken() {
        Reply reply = http.post(
                PATH,
                body(
                        "\"user\":\"me\",\"safety_identifier\":\"me\",\"prompt_cache_key\":\"k\",\"service_tier\":\"flex\","
                                + "\"prompt_cache_retention\":\"24h\",\"background\":false,\"truncation\":\"disabled\","
                                + "\"include\":[\"reasoning.encrypted_content\"],\"tools\":[],\"metadata\":null,\"top_logprobs\":0,"
                                + "\"conversation\":null,\"seed\":3,\"top_k\":40,\"min_p\":0.1,\"repeat_penalty\":1.1,\"ignore_eos\":true,"
                                + "\"stop\":[\"never\"],\"frequency_penalty\":0.1,\"logit_bias\":{\"5\":1},\"priority\":-1"));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        assertThat(reply.json().path("service_tier").asText()).isEqualTo("flex");
        assertThat(reply.json().path("status").asText()).isEqualTo("incomplete");
        String streamed = body("\"stream\":true,\"stream_options\":{\"include_obfuscation\":false}");
        List<JsonNode> events = http.typedEvents(PATH, streamed);
        assertThat(events.get(events.size() - 1).path("type").asText()).isEqualTo("response.incomplete");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"bogus\":1 | bogus",
                "\"background\":true | background",
                "\"max_output_tokens\":0 | max_output_tokens",
                "\"temperature\":-1 | temperature",
                "\"top_logprobs\":3 | top_logprobs",
                "\"include\":[\"message.output_text.logprobs\"],\"top_logprobs\":21 | top_logprobs",
                "\"include\":[\"file_search_call.results\"] | include[0]",
                "\"include\":[\"message.output_text.logprobs\"],\"tools\":[{\"type\":\"function\",\"name\":\"f\"}] | include",
                "\"stream_options\":{} | stream_options",
                "\"stream\":true,\"stream_options\":{\"include_usage\":true} | stream_options.include_usage",
                "\"metadata\":{\"a\":1} | metadata.a",
                "\"max_tool_calls\":1 | max_tool_calls",
                "\"prompt\":{\"id\":\"x\"} | prompt",
                "\"moderation\":{} | moderation"
            })
    void parameter_thatIsWrong_isNamed(String more, String parameter) {
        String body = more.startsWith("\"max_output_tokens") ? "{\"input\":\"x\"," + more + "}" : body(more);
        Reply reply = http.post(PATH, body);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(400);
        assertThat(reply.json().path("error").path("param").asText()).isEqualTo(parameter);
    }

    @ParameterizedTest
    @CsvSource({"?order=up, order", "?limit=0, limit", "?limit=many, limit", "?limit=101, limit", "?after=x, after"})
    void pageThatIsWrong_isNamed(String query, String parameter) {
        String id = http.post(PATH, body("")).json().path("id").asText();
        Reply reply = http.get(PATH + '/' + id + "/input_items" + query);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("param").asText()).isEqualTo(parameter);
        assertThat(http.get(PATH + '/' + id + "?stream=true").status()).isEqualTo(400);
    }

    @Test
    void response_isItsTenantsAlone() {
        start(ServerOptions.builder()
                .callers(ApiKeys.parse(List.of(ONE + " tenant=a names-users", TWO + " tenant=b")))
                .build());
        String id = send("POST", ONE, PATH, body("\"user\":\"ann\""))
                .json()
                .path("id")
                .asText();
        String previous = "\"previous_response_id\":\"" + id + "\"";
        String path = PATH + '/' + id;
        assertThat(send("GET", ONE, path, "").status()).isEqualTo(200);
        assertThat(send("GET", TWO, path, "").status()).isEqualTo(404);
        assertThat(send("GET", TWO, path + "/input_items", "").status()).isEqualTo(404);
        assertThat(send("DELETE", TWO, path, "").status()).isEqualTo(404);
        assertThat(send("POST", TWO, PATH, body(previous)).status()).isEqualTo(404);
        assertThat(send("POST", ONE, PATH, body(previous + ",\"user\":\"bob\"")).status())
                .isEqualTo(404);
        assertThat(send("POST", ONE, PATH + "/input_tokens", "{\"input\":\"x\"," + previous + "}")
                        .status())
                .isEqualTo(404);
        assertThat(send("POST", ONE, PATH, body(previous + ",\"user\":\"ann\"")).status())
                .isEqualTo(200);
        assertThat(send("DELETE", ONE, path, "").status()).isEqualTo(200);
    }

    @Test
    void serverThatKeepsNone_answersAllTheSame() {
        start(ServerOptions.builder()
                .storedResponses(new StoreLimits(0, 0, Duration.ZERO))
                .build());
        Reply reply = http.post(PATH, body(""));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(http.get(PATH + '/' + reply.json().path("id").asText()).status())
                .isEqualTo(404);
    }

    @Test
    void generationThatFails_isToldInTheStream() {
        String endless = "{\"input\":\"hello\",\"ignore_eos\":true,\"stream\":true,\"max_output_tokens\":" + LONG + "}";
        CompletableFuture<List<JsonNode>> events = CompletableFuture.supplyAsync(() -> http.typedEvents(PATH, endless));
        ServerFixture.await("the generation", () -> http.engine.snapshot().generating() == 1);
        http.engine.close();
        List<JsonNode> all = events.join();
        JsonNode error = all.get(all.size() - 2);
        assertThat(error.path("type").asText()).isEqualTo("error");
        assertThat(error.path("message").asText()).isNotEmpty();
        JsonNode failed = all.get(all.size() - 1);
        assertThat(failed.path("type").asText()).isEqualTo("response.failed");
        assertThat(failed.path("response").path("status").asText()).isEqualTo("failed");
        assertThat(failed.path("response").path("error").path("code").asText()).isEqualTo("server_error");
    }
}
