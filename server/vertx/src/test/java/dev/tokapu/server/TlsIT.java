package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.testsupport.LogCapture;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS: certificates, and connections that are no better than without. */
@Timeout(300)
class TlsIT {

    private static final String CHAT = "/v1/chat/completions";
    private static final int LONG = 30_000;

    @TinyModel
    private static Model model;

    @TempDir
    private static Path made;

    private static TestCertificate one;
    private static TestCertificate two;

    @TempDir
    private Path files;

    private Path certificate;
    private Path key;
    private ServerFixture http;

    @BeforeAll
    static void make() throws Exception {
        one = TestCertificate.make(made, "EC");
        two = TestCertificate.make(made, "RSA");
    }

    @BeforeEach
    void write() throws IOException {
        certificate = files.resolve("certificate.pem");
        key = files.resolve("key.pem");
        one.writeTo(certificate, key);
    }

    @AfterEach
    void close() {
        if (http != null) {
            http.close();
        }
    }

    private void start(ServerOptions.Builder options) {
        close();
        http = new ServerFixture(
                model, 2, LONG + 1000, options.tls(certificate, key).build());
    }

    private static String request(int tokens, String more) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"ignore_eos\":true,\"max_tokens\":" + tokens
                + more + "}";
    }

    private RawClient connect() throws IOException {
        return new RawClient(http.server.port(), one.trusting());
    }

    private RawClient connectPlain() throws IOException {
        return new RawClient(http.server.port());
    }

    /** Whether a client that trusts this certificate alone is answered. */
    private boolean answers(TestCertificate trusted) {
        SSLContext context = trusted.trusting();
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        try {
            HttpResponse<String> health = client.send(http.to("/health").build(), HttpResponse.BodyHandlers.ofString());
            return health.statusCode() == 200 && health.version() == HttpClient.Version.HTTP_1_1;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void answers_wholeAndStreamed_comeOverTls() {
        start(ServerOptions.builder());
        assertThat(http.uri(CHAT).getScheme()).isEqualTo("https");
        assertThat(http.post(CHAT, request(5, ""))
                        .json()
                        .at("/usage/completion_tokens")
                        .asInt())
                .isEqualTo(5);
        assertThat(http.stream(CHAT, request(5, ",\"stream\":true"))).hasSizeGreaterThan(1);
    }

    @Test
    void clientGone_whileStreaming_endsTheGeneration() throws Exception {
        start(ServerOptions.builder());
        RawClient closed = connect().post(CHAT, request(LONG, ",\"stream\":true"));
        RawClient cut = connect().post(CHAT, request(LONG, ""));
        closed.readTo("finish_reason");
        // The first one is paused as soon as its client has taken too little.
        ServerFixture.await("both answers", () -> http.engine.snapshot().running() == 2);
        closed.close();
        cut.cut();
        ServerFixture.await("the cancels", () -> http.engine.snapshot().cancelled() == 2);
        ServerFixture.await("the end of the connections", () -> http.server.connections() == 0);
    }

    @Test
    void clientThatTakesNothing_isCutOff() throws Exception {
        start(ServerOptions.builder().writeTimeout(Duration.ofMillis(200)));
        String much = ",\"stream\":true,\"logprobs\":true,\"top_logprobs\":20";
        try (RawClient stuck = connect().post(CHAT, request(1000, much))) {
            ServerFixture.await("the connection", () -> http.server.connections() == 1);
            ServerFixture.await("the cut", () -> http.server.connections() == 0);
            assertThat(stuck.readToEnd()).doesNotContain("[DONE]");
        }
    }

    @Test
    void silence_beforeAndAfterTheHandshake_endsTheConnection() throws Exception {
        start(ServerOptions.builder().readTimeout(Duration.ofMillis(500)));
        try (RawClient silent = connectPlain();
                RawClient half = connectPlain().send("\u0016\u0003\u0001\u0000")) {
            assertThat(silent.readToEnd()).isEmpty();
            assertThat(half.readToEnd()).isEmpty();
        }
        start(ServerOptions.builder().readTimeout(Duration.ofSeconds(2)));
        try (RawClient idle = connect()) {
            assertThat(idle.readToEnd()).isEmpty();
        }
    }

    @Test
    void handshakes_countAsConnections() throws Exception {
        start(ServerOptions.builder().maxConnections(1));
        try (RawClient silent = connectPlain()) {
            try (RawClient other = connectPlain()) {
                assertThat(other.readToEnd()).isEmpty();
            }
            silent.cut();
        }
        ServerFixture.await("room", () -> answers(one));
    }

    @Test
    void plainHttp_isNotAnswered_andTheServerGoesOn() throws Exception {
        start(ServerOptions.builder());
        try (RawClient plain = connectPlain().send("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")) {
            assertThat(plain.readToEnd()).doesNotContain("HTTP/");
        }
        assertThat(answers(one)).isTrue();
    }

    @Test
    void plainHttpForOthers_isWarnedOf_httpsIsNot() {
        ServerOptions.Builder forOthers =
                ServerOptions.builder().host("0.0.0.0").callers(ApiKeys.of("sk-one-0123456789abcdef"));
        try (LogCapture log = LogCapture.start()) {
            try (ServerFixture plain = new ServerFixture(model, 1, 64, forOthers.build())) {
                assertThat(plain.get("/health").status()).isEqualTo(200);
            }
            start(forOthers);
            assertThat(answers(one)).isTrue();
            assertThat(log.messages(Server.class.getName()))
                    .singleElement()
                    .asString()
                    .contains("0.0.0.0", "plain HTTP");
        }
    }

    @Test
    void close_inTheMiddleOfAHandshake_endsIt() throws Exception {
        start(ServerOptions.builder());
        try (RawClient silent = connectPlain()) {
            assertThat(answers(one)).isTrue(); // the other was accepted before
            http.server.close();
            assertThat(silent.readToEnd()).isEmpty();
        }
    }

    @Test
    void changedFiles_areReadAgain_andTheOldAreKeptWhileTheyCannotBeUsed() throws Exception {
        start(ServerOptions.builder());
        assertThat(answers(one)).isTrue();
        assertThat(answers(two)).isFalse();
        Files.writeString(key, two.key());
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3)); // long enough to be seen; right if it was not
        assertThat(answers(one)).isTrue();
        Files.writeString(certificate, two.certificate());
        ServerFixture.await("the new certificate", () -> answers(two));
        assertThat(answers(one)).isFalse();
    }

    @Test
    void filesThatCannotBeUsed_areRefusedAtTheStart() throws Exception {
        ServerOptions options = ServerOptions.builder().tls(certificate, key).build();
        Files.writeString(key, TestCertificate.make(made, "EC").key());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.of(options))
                .withMessageContaining("is not that of the certificate");
        Files.writeString(key, two.key());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.of(options))
                .withMessageContaining("cannot be used with " + certificate);
        Files.writeString(key, "no key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.of(options))
                .withMessageContaining("private key in " + key)
                .withMessageContaining("give a PEM file");
        Files.writeString(certificate, "no certificate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.of(options))
                .withMessageContaining(certificate + " has no certificate");
        Files.delete(certificate);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tls.of(options))
                .withMessageContaining("there is no file " + certificate);
    }
}
