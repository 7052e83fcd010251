package dev.tokapu.examples.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@QuarkusTest
@TestProfile(ChatResourceIT.Limits.class)
@Tag("ffm")
@Timeout(300)
class ChatResourceIT {

    @TestHTTPResource("/")
    URI server;

    /** For a test. */
    public static final class Limits implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.http.test-port", "0", "quarkus.langchain4j.tokapu.chat-model.max-tokens", "30");
        }
    }

    @Test
    void application_answersStreamsClassifiesAndTellsOfItself() throws Exception {
        assertThat(get("chat?question=" + encoded("What is the sea?"))).isNotBlank();
        assertThat(get("stream?question=" + encoded("What is the sea?")))
                .startsWith("data:{\"text\":\""); // in how many parts depends on the machine
        assertThat(get("review?text=" + encoded("It is fast, but it leaks.")))
                .matches("\\{\"mood\":\"(GOOD|NEUTRAL|BAD)\",\"buysAgain\":(true|false)}");
        assertThat(get("weather?question=" + encoded("How is the weather in Rome?")))
                .isNotNull();
        assertThat(get("q/health/ready")).contains("\"chat-model.maxSequences\": 4");
        assertThat(get("q/metrics")).contains("tokapu_engine_requests_submitted_total{engine=\"chat-model\"");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path)).build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
