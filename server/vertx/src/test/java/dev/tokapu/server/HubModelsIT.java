package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.TestModels;
import dev.tokapu.server.ModelsFixture.Reply;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.pool.PoolOptions;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.ScriptedHub;
import dev.tokapu.testsupport.ScriptedStorage.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models of hubs: presets that are downloaded when they are asked for, and Ollama's pull. */
@Timeout(300)
class HubModelsIT {

    private static final String KEY = "sk-0123456789abcdef";
    private static final String OTHER = "sk-fedcba9876543210";
    private static final String NAME = "hf://org/Tiny-GGUF:F32";
    private static final String SHORT = "org/Tiny-GGUF:F32";

    @TempDir
    Path folder;

    private final ScriptedHub hub = new ScriptedHub();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void repo() throws IOException {
        System.setProperty("tokapu.hub.endpoint", hub.uri().toString());
        System.setProperty("tokapu.hub.ollama.endpoint", hub.uri().toString());
        System.setProperty("tokapu.hub.cache", folder.resolve("hf").toString());
        byte[] tiny = Files.readAllBytes(TestModels.tinyFile());
        hub.repo("org/Tiny-GGUF", Map.of("Tiny-F32.gguf", tiny))
                .ollama("library/tiny-" + hub.uri().getPort(), "1b", tiny);
    }

    @AfterEach
    void reset() {
        hub.close();
        List.of("endpoint", "ollama.endpoint", "cache").forEach(name -> System.clearProperty("tokapu.hub." + name));
    }

    private static ModelPreset preset(String name, ModelSource source) {
        ModelPreset like = ModelsFixture.preset(name, TestModels.tinyFile());
        return ModelPreset.of(name, source).withOptions(like.model(), like.engine());
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.currentThread().isInterrupted()).as("timeout").isFalse();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** A server with a preset of a file, and one of the hub. */
    private static ModelsFixture twoModels() {
        return new ModelsFixture(
                4, preset("file", ModelSource.file(TestModels.tinyFile())), preset("hub", ModelSource.of(NAME)));
    }

    /** A server that downloads what its callers want, with keys or without. */
    private static ModelsFixture pulling(@Nullable ApiKeys keys) {
        ServerOptions options = ServerOptions.builder().callers(keys).build();
        ModelsFixture http = new ModelsFixture(
                new PoolOptions(4, Duration.ofMinutes(5)),
                List.of(preset("file", ModelSource.file(TestModels.tinyFile()))),
                options);
        http.models.allowPulls(preset -> preset.withOptions(
                ModelsFixture.preset("x", TestModels.tinyFile()).model(),
                ModelsFixture.preset("x", TestModels.tinyFile()).engine()));
        return http;
    }

    private HttpRequest pull(ModelsFixture http, String model, String key) {
        return http.to("/api/pull")
                .header("authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model + "\"}"))
                .build();
    }

    private HttpResponse<String> pulled(ModelsFixture http, String model, String key) throws Exception {
        return client.send(pull(http, model, key), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void preset_ofAHub_isDownloadedByTheRequestThatNamesIt() {
        try (ModelsFixture http = twoModels()) {
            assertThat(http.get("/v1/models").status()).isEqualTo(200);
            assertThat(http.state("hub")).isEqualTo("unloaded");
            assertThat(hub.requests()).isEmpty();
            String text = ModelsFixture.text(http.complete("hub"));
            assertThat(text).isEqualTo(ModelsFixture.text(http.complete("file")));
            assertThat(http.state("hub")).isEqualTo("loaded");
        }
    }

    @Test
    void preset_beingDownloaded_holdsUpNoOtherModel() {
        hub.storage().fail(Fault.stopAfter(100));
        try (ModelsFixture http = twoModels()) {
            CompletableFuture<Reply> first = http.posting("/v1/completions", ModelsFixture.completion("hub", 3));
            CompletableFuture<Reply> second = http.posting("/v1/completions", ModelsFixture.completion("hub", 3));
            await(() -> !hub.storage().requests().isEmpty());
            assertThat(http.state("hub")).isEqualTo("loading");
            assertThat(http.get("/health").status()).isEqualTo(200);
            ModelsFixture.text(http.complete("file"));
            assertThat(first).isNotDone();
            hub.storage().release();
            assertThat(ModelsFixture.text(first.join())).isEqualTo(ModelsFixture.text(second.join()));
            assertThat(hub.storage().requests()).hasSize(2); // the one that was cut, and its rest
        }
    }

    @Test
    void preset_thatTheHubLacks_saysWhyAndIsTriedAgain() throws IOException {
        hub.repo("org/Tiny-GGUF", Map.of());
        try (ModelsFixture http = twoModels()) {
            Reply failed = http.complete("hub");
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed.json().path("error").path("message").asText())
                    .contains("no quantization F32", "no GGUF file");
            assertThat(http.state("hub")).isEqualTo("failed");
            hub.repo("org/Tiny-GGUF", Map.of("Tiny-F32.gguf", Files.readAllBytes(TestModels.tinyFile())));
            assertThat(ModelsFixture.text(http.complete("hub"))).isNotNull();
        }
    }

    @Test
    void request_ofAClientThatGoes_cancelsTheDownload() throws Exception {
        hub.storage().fail(Fault.stopAfter(100));
        try (ModelsFixture http = twoModels();
                RawClient raw = new RawClient(http.server.port())) {
            raw.post("/v1/completions", ModelsFixture.completion("hub", 3));
            await(() -> !hub.storage().requests().isEmpty());
            raw.close();
            await(() -> http.state("hub").equals("unloaded"));
            assertThat(ModelsFixture.text(http.complete("hub"))).isNotNull();
        }
    }

    @Test
    void load_ofAHubModel_downloadsIt() {
        try (ModelsFixture http = twoModels()) {
            assertThat(http.post("/models/load", "{\"model\":\"hub\"}").status())
                    .isEqualTo(200);
            await(() -> http.state("hub").equals("loaded"));
        }
    }

    @Test
    void pull_ofAHubName_tellsHowFarItIsAndServesTheModel() throws Exception {
        try (ModelsFixture http = pulling(null)) {
            String[] lines = pulled(http, NAME, KEY).body().strip().split("\n");
            assertThat(lines[0]).isEqualTo("{\"status\":\"pulling manifest\"}");
            assertThat(lines[lines.length - 1]).isEqualTo("{\"status\":\"success\"}");
            assertThat(List.of(lines))
                    .anySatisfy(line -> assertThat(line)
                            .matches("\\{\"status\":\"pulling [0-9a-f]{12}\","
                                    + "\"digest\":\"sha256:[0-9a-f]{64}\",\"total\":\\d+,\"completed\":\\d+}"));
            ModelsFixture.text(http.complete(SHORT));
            ModelsFixture.text(http.complete(NAME));
            assertThat(http.get("/api/tags").json().path("models")).hasSize(2);
            http.models.replace(List.of(preset("file", ModelSource.file(TestModels.tinyFile()))));
            ModelsFixture.text(http.complete(SHORT)); // it stays
            assertThat(http.post("/api/pull", "{\"model\":\"" + SHORT + "\",\"stream\":false}")
                            .json()
                            .path("status")
                            .asText())
                    .isEqualTo("success");
        }
    }

    @Test
    void pull_ofOllamasNames_isOfThatHub() throws Exception {
        String name = "tiny-" + hub.uri().getPort();
        try (ModelsFixture http = pulling(null)) {
            assertThat(pulled(http, name + ":1b", KEY).body()).contains("success");
            ModelsFixture.text(http.complete(name + ":1b"));
            assertThat(pulled(http, "hf.co/org/Tiny-GGUF:F32", KEY).body()).contains("success");
            ModelsFixture.text(http.complete("hf.co/org/Tiny-GGUF:F32"));
        }
    }

    @Test
    void pull_thatFails_endsWithTheReason() throws Exception {
        try (ModelsFixture http = pulling(null)) {
            assertThat(pulled(http, "hf://org/Tiny-GGUF:Q9", KEY).body().strip())
                    .endsWith("there are: F32\"}")
                    .contains("{\"error\":\"");
            Reply whole = http.post("/api/pull", "{\"model\":\"hf://org/Tiny-GGUF:Q9\",\"stream\":false}");
            assertThat(whole.status()).isEqualTo(500);
            assertThat(http.get("/api/tags").json().path("models")).hasSize(1);
        }
    }

    @Test
    void pull_ofOtherAddresses_isRefused() throws Exception {
        try (ModelsFixture http = pulling(null)) {
            for (String name : List.of(
                    hub.storage().uri() + "/m.gguf",
                    "https://inner.example/m.gguf",
                    "file:///etc/m.gguf",
                    "hf://org/..",
                    "../../x")) {
                HttpResponse<String> refused = pulled(http, name, KEY);
                assertThat(refused.statusCode()).as(name).isEqualTo(400);
                assertThat(refused.body()).startsWith("{\"error\":");
            }
            assertThat(hub.storage().requests()).isEmpty();
        }
    }

    @Test
    void pull_needsTheServersAndTheKeysRight() throws Exception {
        ApiKeys keys = ApiKeys.parse(List.of(KEY + " may-pull models=file,org/*", OTHER + " name=other"));
        try (ModelsFixture http = pulling(keys)) {
            assertThat(pulled(http, NAME, OTHER).statusCode()).isEqualTo(403);
            assertThat(pulled(http, "tiny", KEY).statusCode()).isEqualTo(403);
            assertThat(hub.requests()).isEmpty();
            assertThat(pulled(http, NAME, KEY).body()).contains("success");
            assertThat(pulled(http, SHORT, OTHER).body()).isEqualTo("{\"status\":\"success\"}\n");
        }
        try (ModelsFixture http = twoModels()) {
            assertThat(pulled(http, "hf://org/other", KEY).statusCode()).isEqualTo(404);
            assertThat(pulled(http, "hub", KEY).body()).isEqualTo("{\"status\":\"success\"}\n");
        }
    }

    @Test
    void pull_ofAClientThatGoes_isCancelledAndGoesOn() throws Exception {
        hub.storage().fail(Fault.stopAfter(100));
        try (ModelsFixture http = pulling(null)) {
            HttpResponse<InputStream> begun =
                    client.send(pull(http, NAME, KEY), HttpResponse.BodyHandlers.ofInputStream());
            await(() -> !hub.storage().requests().isEmpty());
            begun.body().close();
            await(() -> !http.models.downloads().isRunning(new ModelSource.Remote(NAME)));
            assertThat(http.models.all()).hasSize(1);
            assertThat(pulled(http, NAME, KEY).body()).contains("success");
        }
    }

    @Test
    void pull_ofSeveralAtOnce_isOneDownload() throws Exception {
        hub.storage().fail(Fault.stopAfter(100));
        try (ModelsFixture http = pulling(null)) {
            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(client.sendAsync(pull(http, NAME, KEY), HttpResponse.BodyHandlers.ofString()));
            }
            await(() -> !hub.storage().requests().isEmpty());
            hub.storage().release();
            all.forEach(one -> assertThat(one.join().body()).contains("success"));
            assertThat(http.models.all()).hasSize(2);
        }
    }
}
