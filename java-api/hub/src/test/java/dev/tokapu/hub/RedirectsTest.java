package dev.tokapu.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.testsupport.ScriptedHttp;
import java.net.URI;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where redirects may lead, and who gets the token. */
class RedirectsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "https://hub.example/a, /b, https://hub.example/b",
        "https://hub.example/a, https://storage.example/x?sig=1, https://storage.example/x?sig=1",
        "http://127.0.0.1:1/a, https://hub.example/b, https://hub.example/b",
        "http://127.0.0.1:1/a, http://localhost:2/b, http://localhost:2/b",
    })
    void redirect_leadsToAnyHost(URI from, String location, URI to) throws Exception {
        assertThat(HubHttp.next(from, location)).isEqualTo(to);
    }

    @ParameterizedTest
    @CsvSource({
        "https://hub.example/a, http://hub.example/a, from https:// to http://",
        "https://hub.example/a, http://127.0.0.1/a, from https:// to http://",
        "https://hub.example/a, https://127.0.0.1:8443/admin, to this machine",
        "http://mirror.example/a, http://localhost:8080/x, to this machine",
        "http://mirror.example/a, 'http://[::1]:8080/x', to this machine",
        "https://hub.example/a, '', does not say where to",
        "https://hub.example/a, 'http://a b', no address",
    })
    void redirect_thatIsWrong_isRefused(URI from, String location, String message) {
        assertThatExceptionOfType(HubFailure.class)
                .isThrownBy(() -> HubHttp.next(from, location))
                .withMessageContaining(message);
    }

    @Test
    void token_thatWasLeftBehind_isNotSentAgain_whereAnotherHostSendsBack() throws Exception {
        URI[] hub = new URI[1];
        try (ScriptedHttp other = new ScriptedHttp(exchange -> {
                    exchange.getResponseHeaders().set("Location", hub[0] + "/end");
                    exchange.sendResponseHeaders(302, -1);
                });
                ScriptedHttp own = new ScriptedHttp(exchange -> {
                    boolean end = exchange.getRequestURI().getPath().equals("/end");
                    exchange.getResponseHeaders().set("Location", other.uri() + "/x");
                    exchange.sendResponseHeaders(end ? 200 : 302, -1);
                })) {
            hub[0] = own.uri();
            HubOptions options = new HubOptions.Builder(folder).build();
            HubHttp.Received<String> received = new HubHttp(options)
                    .get(
                            URI.create(own.uri() + "/begin"),
                            Map.of(),
                            "secret",
                            (uri, info) -> BodySubscribers.ofString(StandardCharsets.UTF_8));
            assertThat(received.uri().getPath()).isEqualTo("/end");
            assertThat(own.received()).extracting(ScriptedHttp.Received::path).containsExactly("/begin", "/end");
            assertThat(own.received().get(0).header("Authorization")).isEqualTo("Bearer secret");
            assertThat(own.received().get(1).header("Authorization")).isNull();
            assertThat(other.received().get(0).header("Authorization")).isNull();
        }
    }
}
