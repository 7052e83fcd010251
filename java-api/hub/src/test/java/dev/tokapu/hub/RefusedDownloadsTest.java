package dev.tokapu.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.testsupport.ScriptedHttp;
import dev.tokapu.testsupport.ScriptedStorage;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is not taken for a model, and where nothing is asked. */
class RefusedDownloadsTest extends HubFixture {

    private static final byte[] MODEL = model(1_000_000, 1);
    private static final String DIGEST = ScriptedStorage.sha256(MODEL);

    @BeforeEach
    void repo() {
        server.repo(REPO, Map.of("Repo-Q4_K_M.gguf", MODEL));
    }

    @Test
    void checksum_wrong_leavesNothing() {
        server.storage().put(DIGEST, model(1_000_000, 2));
        assertFailsAndFindsNothing(hub(), NAME, "the checksum of", "promised " + DIGEST, "nothing is kept");
        assertThat(cached()).isEmpty();
    }

    @Test
    void checksum_wrongOnce_isDownloadedAgain() {
        server.storage().put(DIGEST, model(1_000_000, 2));
        AtomicBoolean replaced = new AtomicBoolean();
        Path file = hub().download(NAME, download -> {
            if (download.verifying() || download.bytes() == download.total()) {
                server.storage().put(DIGEST, MODEL);
                replaced.set(true);
            }
            return true;
        });
        assertThat(replaced).isTrue();
        assertThat(content(file)).isEqualTo(MODEL);
    }

    @Test
    void size_otherThanPromised_isRefused() {
        server.claimSize("Repo-Q4_K_M.gguf", 999_999);
        assertFailsAndFindsNothing(hub(), NAME, "has 1000000 bytes, and the hub promised 999999");
        server.storage().withoutRanges();
        assertFailsAndFindsNothing(hub(), NAME, "has 1000000 bytes, and the hub promised 999999");
        assertThat(cached()).isEmpty();
    }

    @Test
    void size_tooLarge_isRefused() {
        assertFailsAndFindsNothing(
                Hub.open(options().maxSize(999_999).build()), NAME, "more than the", "tokapu.hub.max.size");
        assertThat(server.storage().requests()).isEmpty();
        URI uri = server.storage().put("web.gguf", MODEL);
        assertFailsAndFindsNothing(Hub.open(options().maxSize(999_999).build()), uri.toString(), "more than the");
    }

    @Test
    void size_largerThanTheDisk_isRefusedFirst() {
        server.claimSize("Repo-Q4_K_M.gguf", 1L << 60);
        assertFailsAndFindsNothing(
                Hub.open(options().maxSize(Long.MAX_VALUE).partSize(1L << 50).build()),
                NAME,
                "are free",
                "HF_HUB_CACHE");
        assertThat(server.storage().requests()).isEmpty();
    }

    @Test
    void content_noModel_isRefused() {
        URI uri = server.storage().put("page.gguf", "<html>log in</html>".getBytes(StandardCharsets.US_ASCII));
        assertFailsAndFindsNothing(hub(), uri.toString(), "no GGUF file");
        assertThat(cached()).isEmpty();
    }

    @Test
    void cache_noFolder_saysWhich() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Hub hub = Hub.open(options().cache(file.resolve("hf")).build());
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> hub.download(NAME, download -> true))
                .withMessageContaining("the cache cannot be used")
                .withMessageContaining(file.toString())
                .withMessageContaining("HF_HUB_CACHE");
    }

    @Test
    void proxy_ofProperties_isAsked() {
        try (ScriptedHttp proxy = new ScriptedHttp(exchange -> {
            exchange.sendResponseHeaders(200, MODEL.length);
            exchange.getResponseBody().write(MODEL);
        })) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", String.valueOf(proxy.uri().getPort()));
            Hub hub = Hub.open(options().plainHttp(true).build());
            assertThat(content(hub.download("http://models.example/model.gguf", download -> true)))
                    .isEqualTo(MODEL);
            assertThat(proxy.received()).hasSize(1);
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
    }

    @Test
    void http_toAnotherMachine_isRefused() {
        assertFailsAndFindsNothing(
                hub(), "http://models.example/model.gguf", "http://", "https://", "tokapu.hub.plain");
        Hub mirror =
                Hub.open(options().endpoint(URI.create("http://models.example")).build());
        assertFailsAndFindsNothing(mirror, NAME, "http://", "https://");
    }

    @Test
    void redirects_withoutEnd_areRefused() {
        try (ScriptedHttp loop = new ScriptedHttp(exchange -> {
            exchange.getResponseHeaders().set("Location", "/again.gguf");
            exchange.sendResponseHeaders(302, -1);
        })) {
            assertFailsAndFindsNothing(hub(), loop.uri() + "/model.gguf", "sends on more than 10 times");
        }
        try (ScriptedHttp elsewhere = new ScriptedHttp(exchange -> {
            exchange.getResponseHeaders().set("Location", "http://models.example/x.gguf");
            exchange.sendResponseHeaders(302, -1);
        })) {
            assertFailsAndFindsNothing(
                    hub(), elsewhere.uri() + "/model.gguf", "sends on to http://models.example/x.gguf");
        }
    }

    @Test
    void hub_nobodyThere_saysWhatToCheck() {
        server.close();
        assertFailsAndFindsNothing(
                Hub.open(options().retries(1).build()), NAME, "cannot be reached", "https_proxy", "HF_ENDPOINT");
    }
}
