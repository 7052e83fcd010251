package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ./tokapu serve. */
@Timeout(300)
class ServeIT {

    private static final Pattern PLACE = Pattern.compile("Serving (\\S+) at (https?://127\\.0\\.0\\.1:\\d+) ");
    private static final Pattern CACHED = Pattern.compile("\"cached_tokens\":(\\d+)");
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
    void serve_withAnEndpointForTraces_sendsASpanOfEachRequest() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            Program.Running running =
                    Program.start("", "serve", "--port", "0", "--threads", "1", "--otlp-endpoint", receiver.endpoint());
            try {
                Matcher greeting = greeting(running);
                HttpRequest request = HttpRequest.newBuilder(URI.create(greeting.group(2) + "/v1/completions"))
                        .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"Hello\",\"max_tokens\":2}"))
                        .build();
                assertThat(client.send(request, HttpResponse.BodyHandlers.discarding())
                                .statusCode())
                        .isEqualTo(200);
                running.process().destroy();
                Program.Result result = Program.await(running);
                assertThat(result.exitCode()).as(result.err()).isEqualTo(TERMINATED);
                assertThat(receiver.spans)
                        .containsExactlyElementsOf(
                                Stream.of("queue", "prefill", "decode", "text_completion " + greeting.group(1))
                                        .map(name -> new OtlpReceiver.Received(trace, name))
                                        .toList());
                assertThat(receiver.problems).isEmpty();
            } finally {
                running.process().destroyForcibly();
            }
        }
    }

    @Test
    @Tag("ffm")
    void serve_withoutTraces_needsNoOpenTelemetry() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Program.Result result = Program.runWithout(
                    "opentelemetry", "serve", "--threads", "1", "--port", Integer.toString(taken.getLocalPort()));
            assertThat(result.err()).contains("choose another --port");
        }
    }

    @Test
    @Tag("ffm")
    void serve_embeddings_makesVectorsAndSaysHow() throws Exception {
        Program.Running running = Program.start(
                "", "serve", "--port", "0", "--threads", "1", "--ctx", "64", "--embeddings", "--pooling", "MEAN");
        try {
            String url = greeting(running).group(2) + "/v1/embeddings";
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .POST(HttpRequest.BodyPublishers.ofString("{\"input\":\"Hello\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).contains("\"embedding\":[");
            assertThat(Files.readString(running.out())).contains(url).doesNotContain("OpenAI(");
        } finally {
            running.process().destroyForcibly();
        }
    }

    @Test
    @Tag("ffm")
    void serve_withADiskForPrompts_knowsThemAfterARestart(@TempDir Path temp) throws Exception {
        assertThat(cachedTokens(temp)).isZero();
        assertThat(cachedTokens(temp)).isGreaterThan(200);
    }

    /** Starts the server, has a long prompt answered, and stops it. */
    private int cachedTokens(Path disk) throws Exception {
        Program.Running running = Program.start(
                "",
                "serve",
                "--port",
                "0",
                "--threads",
                "1",
                "--ctx",
                "512",
                "--cache-ram",
                "64",
                "--cache-disk",
                disk.toString());
        try {
            String body = "{\"prompt\":\"" + "one two three ".repeat(100) + "\",\"max_tokens\":1}";
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(greeting(running).group(2) + "/v1/completions"))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            Matcher cached = CACHED.matcher(response.body());
            assertThat(cached.find()).as(response.body()).isTrue();
            running.process().destroy();
            assertThat(Program.await(running).exitCode()).isEqualTo(TERMINATED);
            return Integer.parseInt(cached.group(1));
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

    @Test
    @Tag("ffm")
    void serve_withHalfOfTls_wantsTheOther(@TempDir Path temp) {
        Program.Result result = Program.run(
                "serve", "--port", "0", "--tls-cert", temp.resolve("none").toString());
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("--tls-key").doesNotContain("Exception");
    }

    @Test
    @Tag("ffm")
    void serve_withACertificate_saysHttpsAndHowCurlTrustsIt_andItsProbeFindsItLive(@TempDir Path temp)
            throws Exception {
        Path certificate = temp.resolve("certificate.pem");
        Path key = temp.resolve("key.pem");
        writeCertificate(temp.resolve("store.p12"), certificate, key);
        Program.Running running = Program.start(
                "", "serve", "--port", "0", "--tls-cert", certificate.toString(), "--tls-key", key.toString());
        try {
            String url = greeting(running).group(2);
            assertThat(url).startsWith("https://");
            String wanted = "curl --cacert '" + certificate + "' " + url + "/v1/chat/completions ";
            assertThat(Files.readString(running.out())).contains(wanted);
            String port = url.substring(url.lastIndexOf(':') + 1);
            Program.Result live = Program.run("serve", "--probe", "--port", port, "--tls-cert", certificate.toString());
            assertThat(live.exitCode()).as(live.err()).isEqualTo(ExitCode.OK);
            assertThat(Program.run("serve", "--probe", "--port", port).exitCode())
                    .as("in plain HTTP")
                    .isEqualTo(ExitCode.SERVER);
        } finally {
            running.process().destroyForcibly();
        }
    }

    private static void writeCertificate(Path store, Path certificate, Path key) throws Exception {
        String password = "only a test";
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder(List.of(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "test",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        password))
                .inheritIO()
                .start();
        assertThat(made.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), password.toCharArray());
        byte[] secret = keys.getKey("test", password.toCharArray()).getEncoded();
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("test").getEncoded()));
        Files.writeString(key, pem("PRIVATE KEY", secret));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }
}
