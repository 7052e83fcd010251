package dev.tokapu.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.MiniLm;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

@Tag("ffm")
@Timeout(300)
class ChatApplicationIT {

    @Test
    void application_answersStreamsClassifiesAndTellsOfItself() throws Exception {
        try (ConfigurableApplicationContext context = SpringApplication.run(
                ChatApplication.class,
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--spring.ai.tokapu.chat.max-tokens=30")) {
            String server = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
            assertThat(get(server + "/chat?question=" + encoded("What is the sea?")))
                    .isNotBlank();
            assertThat(get(server + "/stream?question=" + encoded("What is the sea?")))
                    .startsWith("data:{\"text\":\""); // in how many parts depends on the machine
            assertThat(get(server + "/review?text=" + encoded("It is fast, but it leaks.")))
                    .matches("\\{\"buysAgain\":(true|false),\"mood\":\"(GOOD|NEUTRAL|BAD)\"}"
                            + "|\\{\"mood\":\"(GOOD|NEUTRAL|BAD)\",\"buysAgain\":(true|false)}");
            assertThat(get(server + "/weather?question=" + encoded("How is the weather in Rome?")))
                    .matches("\"?sunny in (PARIS|ROME|OSLO)\"?");
            assertThat(get(server + "/actuator/health")).contains("\"tokapuEngine\":{", "\"maxSequences\":4");
            assertThat(get(server + "/actuator/metrics/tokapu.engine.requests.submitted"))
                    .contains("\"value\":4.0");
            assertThat(get(server + "/actuator/metrics/gen_ai.client.token.usage"))
                    .contains("\"gen_ai.token.type\"");
        }
    }

    @Test
    void application_withEmbeddingModel_answersFromDocuments() throws Exception {
        try (ConfigurableApplicationContext context = SpringApplication.run(
                ChatApplication.class,
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--spring.ai.tokapu.chat.max-tokens=20",
                "--spring.ai.tokapu.embedding.model=" + MiniLm.F16.file())) {
            String server = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
            send(HttpRequest.newBuilder(URI.create(server + "/documents"))
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "The cat sleeps on the sofa all day.\n\nThe central bank raised interest rates again.")));
            assertThat(get(server + "/documents?question=" + encoded("What does a kitten do when it is tired?")))
                    .startsWith("[\"The cat sleeps on the sofa all day.\"");
            assertThat(get(server + "/answer?question=" + encoded("Where is the cat?")))
                    .isNotBlank();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String get(String address) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(address)));
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
