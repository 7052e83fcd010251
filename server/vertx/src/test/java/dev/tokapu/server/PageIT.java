package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.caller.ApiKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page over HTTP, and what it asks the server. A browser has it in the profile {@code browser}. */
@Timeout(300)
class PageIT {

    private static final String ONE = "sk-one-0123456789abcdef";
    private static final String TWO = "sk-two-0123456789abcdef";

    @TinyModel
    private static Model model;

    private ServerFixture http;

    private void start(ServerOptions.Builder options) {
        http = new ServerFixture(model, 2, 256, options.build());
    }

    @AfterEach
    void close() {
        http.close();
    }

    private HttpResponse<byte[]> page(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = http.to(path).method(method, HttpRequest.BodyPublishers.noBody());
        return http.client.send(request.headers(headers).build(), BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void page_needsNoKey_andIsWhole() throws Exception {
        start(ServerOptions.builder().callers(ApiKeys.of(ONE)));
        HttpResponse<byte[]> index = page("GET", "/", "accept", "text/html");
        assertThat(index.statusCode()).isEqualTo(200);
        assertThat(index.headers().firstValue("content-security-policy").orElse(""))
                .startsWith("default-src 'none'; ");
        Matcher names = Pattern.compile("assets/[\\w.-]+").matcher(text(index));
        int count = 0;
        while (names.find()) {
            HttpResponse<byte[]> asset = page("GET", "/" + names.group(), "accept-encoding", "gzip");
            assertThat(asset.statusCode()).isEqualTo(200);
            assertThat(asset.headers().firstValue("content-encoding")).contains("gzip");
            assertThat(unpacked(asset.body())).isNotEmpty();
            count++;
        }
        assertThat(count).isGreaterThanOrEqualTo(3);
        assertThat(http.get("/tokapu/engine").status()).isEqualTo(401);
    }

    private static byte[] unpacked(byte[] gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        }
    }

    @Test
    void page_isNotSentTwice_andHeadHasNoBody() throws Exception {
        start(ServerOptions.builder());
        HttpResponse<byte[]> index = page("GET", "/", "accept", "text/html");
        String tag = index.headers().firstValue("etag").orElseThrow();
        HttpResponse<byte[]> again = page("GET", "/", "accept", "text/html", "if-none-match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        HttpResponse<byte[]> head = page("HEAD", "/", "accept", "text/html");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("content-length")).hasValue(index.body().length);
    }

    @Test
    void pathsOutOfTheFolder_leadNowhere() throws Exception {
        start(ServerOptions.builder());
        for (String path :
                List.of("/assets/..%2findex.html", "/assets/%2e%2e/assets.txt", "/assets/page.js", "/assets/")) {
            assertThat(page("GET", path, "accept", "text/html").statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @Test
    void pageThatIsLeftOut_isNotThere() throws Exception {
        start(ServerOptions.builder().page(false));
        assertThat(text(page("GET", "/", "accept", "text/html"))).isEqualTo("Ollama is running");
        assertThat(page("GET", "/assets/", "accept", "*/*").statusCode()).isEqualTo(404);
    }

    private JsonNode live(String key) {
        return http.send(http.to("/tokapu/engine")
                        .header("authorization", "Bearer " + key)
                        .build())
                .json();
    }

    private void complete(String key, String prompt) {
        assertThat(http.send(http.to("/v1/completions")
                                .header("authorization", "Bearer " + key)
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"prompt\":\"" + prompt + "\",\"max_tokens\":3,\"ignore_eos\":true}"))
                                .build())
                        .status())
                .isEqualTo(200);
        ServerFixture.await( // it is noted when it has been sent
                "the end of the request",
                () -> live(key).path("requests").path(0).path("state").asText().equals("ended"));
    }

    @Test
    void requests_areToldToTheirTenantAlone_withoutTheirTexts() {
        start(ServerOptions.builder().callers(ApiKeys.parse(List.of(ONE + " tenant=a", TWO + " tenant=b"))));
        complete(ONE, "a secret of the first tenant");
        JsonNode first = live(ONE);
        JsonNode request = first.path("requests").path(0);
        assertThat(request.path("path").asText()).isEqualTo("/v1/completions");
        assertThat(request.path("model").asText()).isEqualTo(ServerFixture.NAME);
        assertThat(request.path("state").asText()).isEqualTo("ended");
        assertThat(request.path("status").asText()).isEqualTo("200");
        assertThat(request.path("generated_tokens").asInt()).isEqualTo(3);
        assertThat(request.path("prompt_tokens").asInt()).isPositive();
        assertThat(first.toString()).doesNotContain("secret").doesNotContain("sk-");
        assertThat(live(TWO).path("requests")).isEmpty();
    }

    @Test
    void engine_isCounted() {
        start(ServerOptions.builder().callers(ApiKeys.of(ONE)));
        complete(ONE, "hello");
        JsonNode engine = live(ONE).path("models").path(0);
        assertThat(engine.path("model").asText()).isEqualTo(ServerFixture.NAME);
        assertThat(engine.path("max_sequences").asInt()).isEqualTo(2);
        assertThat(engine.path("sequence_context_size").asInt()).isEqualTo(256);
        assertThat(engine.path("completed").asInt()).isEqualTo(1);
        assertThat(engine.path("first_token").path("count").asInt()).isEqualTo(1);
    }

    @Test
    void newestRequest_comesFirst_andRefusedOnesAreListedToo() throws Exception {
        start(ServerOptions.builder());
        try (RawClient client = new RawClient(http.server.port())
                .post(
                        "/v1/completions",
                        "{\"prompt\":\"hello\",\"max_tokens\":200,\"ignore_eos\":true,\"stream\":true}")) {
            client.readTo("[DONE]");
        }
        try (RawClient client = new RawClient(http.server.port()).post("/v1/completions", "{\"prompt\":1.5}")) {
            client.readTo("error");
        }
        ServerFixture.await( // they are noted when they have been sent
                "the end of both requests",
                () -> !http.get("/tokapu/engine")
                        .json()
                        .path("requests")
                        .findValuesAsText("status")
                        .contains("null"));
        JsonNode requests = http.get("/tokapu/engine").json().path("requests");
        assertThat(requests.path(0).path("status").asText()).isEqualTo("400");
        assertThat(requests.path(0).path("model").isNull()).isTrue();
        assertThat(requests.path(1).path("status").asText()).isEqualTo("200");
        assertThat(requests.path(1).path("generated_tokens").asInt()).isEqualTo(200);
    }
}
