package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ./tokapu serve. */
@Timeout(300)
class ServeIT {

    private static final Pattern PLACE = Pattern.compile("Serving (\\S+) at (http://127\\.0\\.0\\.1:\\d+) ");
    private static final int TERMINATED = 143;

    private final HttpClient client = HttpClient.newHttpClient();

    private static Matcher greeting(Program.Running running) throws Exception {
        while (running.process().isAlive()) {
            Matcher place = PLACE.matcher(Files.readString(running.out()));
            if (place.find()) {
                return place;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        throw new AssertionError(Files.readString(running.err()));
    }

    @Test
    void serve_saysWhereItIs_andEndsWhenItsAnswersAreComplete() throws Exception {
        Program.Running running = Program.start("", "serve", "--port", "0", "--threads", "1", "--alias", "mine,other");
        try {
            Matcher greeting = greeting(running);
            assertThat(Files.readString(running.out()))
                    .contains("curl ")
                    .contains("OpenAI(base_url=\"" + greeting.group(2));
            String body = "{\"model\":\"other\",\"stream\":true,\"max_tokens\":20,\"ignore_eos\":true,"
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
            HttpRequest request = HttpRequest.newBuilder(URI.create(greeting.group(2) + "/v1/chat/completions"))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            try (BufferedReader events =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                assertThat(events.readLine()).startsWith("data: ").contains(greeting.group(1));
                running.process().destroy();
                assertThat(events.lines().reduce("", (a, b) -> a + b)).contains("[DONE]");
            }
            Program.Result result = Program.await(running);
            assertThat(result.exitCode()).as(result.err()).isEqualTo(TERMINATED);
            assertThat(result.err()).contains("Stopping");
        } finally {
            running.process().destroyForcibly();
        }
    }

    @Test
    @Tag("ffm")
    void serve_withKeys_wantsOne(@TempDir Path temp) throws Exception {
        Path keys = Files.writeString(temp.resolve("keys"), "# keys\nsk-0123456789abcdef name=one\n");
        Program.Running running =
                Program.start("", "serve", "--port", "0", "--api-key-file", keys.toString(), "--quiet");
        try {
            URI models = URI.create(greeting(running).group(2) + "/v1/models");
            assertThat(client.send(HttpRequest.newBuilder(models).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(401);
            assertThat(client.send(
                                    HttpRequest.newBuilder(models)
                                            .header("authorization", "Bearer sk-0123456789abcdef")
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        } finally {
            running.process().destroyForcibly();
        }
    }

    @Test
    @Tag("ffm")
    void serve_whereOthersCouldCall_wantsKeys() {
        Program.Result result = Program.run("serve", "--host", "0.0.0.0", "--port", "0");
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("no keys").doesNotContain("Exception");
    }
}
