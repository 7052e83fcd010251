package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.TestModels;
import dev.tokapu.server.ModelsFixture.Reply;
import dev.tokapu.server.model.LoadedModel;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.pool.PoolOptions;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models that come and go behind one address. */
@Timeout(300)
class ModelLifetimesIT {

    @TempDir
    private static Path folder;

    private static Path one;
    private static Path two;

    @BeforeAll
    static void files() throws Exception {
        one = Files.copy(TestModels.tinyFile(), folder.resolve("one.gguf"));
        two = Files.copy(TestModels.tinyFile(), folder.resolve("two.gguf"));
    }

    @Test
    void hundredFirstRequests_loadItOnce_andAreAllAnswered() {
        try (ModelsFixture http = new ModelsFixture(1, ModelsFixture.preset("one", one))) {
            List<CompletableFuture<Reply>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(http.posting("/v1/completions", ModelsFixture.completion("one", 2)));
            }
            Set<String> answers = new HashSet<>();
            all.forEach(reply -> answers.add(ModelsFixture.text(reply.join())));
            assertThat(answers).hasSize(1);
            assertThat(http.models.loaded()).hasSize(1);
            assertThat(http.models.loaded().get(0).engine().snapshot().completed())
                    .isEqualTo(100);
        }
    }

    @Test
    void longestUnused_goesWhereNoMoreMayBeLoaded() {
        try (ModelsFixture http =
                new ModelsFixture(1, ModelsFixture.preset("one", one), ModelsFixture.preset("two", two))) {
            String first = ModelsFixture.text(http.complete("one"));
            ModelsFixture.text(http.complete("two"));
            assertThat(http.state("one")).isEqualTo("unloaded");
            assertThat(ModelsFixture.text(http.complete("one"))).isEqualTo(first);
            assertThat(http.state("two")).isEqualTo("unloaded");
        }
    }

    /** Logging takes until then. */
    @Test
    void modelOfAnAnswerThatWasSent_isNotInUse() {
        CountDownLatch answered = new CountDownLatch(1);
        ServerOptions slowLog = ServerOptions.builder()
                .callObserver(call -> {
                    try {
                        answered.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .build();
        try (ModelsFixture http = new ModelsFixture(
                new PoolOptions(1, Duration.ofMinutes(5)),
                List.of(ModelsFixture.preset("one", one), ModelsFixture.preset("two", two)),
                slowLog)) {
            try {
                ModelsFixture.text(http.complete("one"));
                ModelsFixture.text(http.complete("two"));
            } finally {
                answered.countDown();
            }
        }
    }

    /** The connection of a stream is left where its last event has come, as clients do. */
    @Test
    void modelOfAStreamWhoseLastEventWasSent_isNotInUse() throws Exception {
        try (ModelsFixture http =
                new ModelsFixture(1, ModelsFixture.preset("one", one), ModelsFixture.preset("two", two))) {
            for (int i = 0; i < 10; i++) {
                String body = ModelsFixture.completion(i % 2 == 0 ? "one" : "two", 2);
                try (RawClient client = new RawClient(http.server.port())
                        .post("/v1/completions", body.replace("{\"model\"", "{\"stream\":true,\"model\""))) {
                    assertThat(client.readTo("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
                    String unused = client.readTo("[DONE]");
                }
            }
        }
    }

    @Test
    void modelInUse_isNotSentAway() throws Exception {
        try (ModelsFixture http =
                        new ModelsFixture(1, ModelsFixture.preset("one", one), ModelsFixture.preset("two", two));
                RawClient client = new RawClient(http.server.port())) {
            String body = ModelsFixture.completion("one", 100).replace("{\"model\"", "{\"stream\":true,\"model\"");
            client.send("POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: " + body.length()
                    + "\r\n\r\n" + body);
            String unused = client.readTo("data: ");
            Reply refused = http.complete("two");
            if (refused.status() != 200) { // or the answer has come to its end
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.json().path("error").path("code").asText()).isEqualTo("model_no_room");
                assertThat(refused.response().headers().firstValue("retry-after"))
                        .isPresent();
            }
        }
    }

    @Test
    void keepAlive_ofOllamasClients_isKept() {
        try (ModelsFixture http = new ModelsFixture(2, ModelsFixture.preset("one", one))) {
            String generate = "{\"model\":\"one\",\"prompt\":\"a\",\"stream\":false,\"options\":{\"num_predict\":2},";
            Reply reply = http.post("/api/generate", generate + "\"keep_alive\":-1}");
            assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
            assertThat(reply.json().path("load_duration").asLong()).isPositive();
            assertThat(http.get("/api/ps")
                            .json()
                            .path("models")
                            .path(0)
                            .path("expires_at")
                            .asText())
                    .startsWith("21");
            assertThat(http.post("/api/generate", generate + "\"keep_alive\":\"soon\"}")
                            .status())
                    .isEqualTo(400);
            assertThat(http.post("/api/generate", generate + "\"keep_alive\":0}")
                            .status())
                    .isEqualTo(200);
            ServerFixture.await(
                    "the end of the model", () -> http.models.loaded().isEmpty());
            assertThat(http.post("/api/chat", "{\"model\":\"one\",\"keep_alive\":0,\"stream\":false}")
                            .json()
                            .toString())
                    .contains("\"done_reason\":\"unload\"");
            assertThat(http.models.loaded()).isEmpty();
            assertThat(http.post("/api/generate", "{\"model\":\"one\"}").json().toString())
                    .contains("\"done_reason\":\"load\"");
            assertThat(http.state("one")).isEqualTo("loaded");
            assertThat(http.post("/models/unload", "{\"model\":\"one\"}").status())
                    .isEqualTo(200);
            ServerFixture.await(
                    "the end of the model", () -> http.models.loaded().isEmpty());
        }
    }

    @Test
    void model_goesAWhileAfterItsLastRequest() {
        ModelPreset brief = ModelsFixture.preset("one", one).withStay(false, Duration.ofMillis(1));
        try (ModelsFixture http = new ModelsFixture(2, brief)) {
            ModelsFixture.text(http.complete("one"));
            ServerFixture.await(
                    "the end of the model", () -> http.models.loaded().isEmpty());
            ModelsFixture.text(http.complete("one"));
        }
    }

    @Test
    void failedLoad_saysWhy_andIsTriedAgain() throws Exception {
        Path file = TinyGguf.write(folder.resolve("torn.gguf"), TinyGguf.garbage(4096));
        try (ModelsFixture http = new ModelsFixture(2, ModelsFixture.preset("torn", file))) {
            Reply reply = http.complete("torn");
            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.json().path("error").path("code").asText()).isEqualTo("model_load_failed");
            assertThat(reply.json().path("error").path("message").asText()).contains("'torn' cannot be loaded");
            assertThat(http.state("torn")).isEqualTo("failed");
            assertThat(http.get("/v1/models/torn").json().path("failure").asText())
                    .contains("torn");
            Files.copy(one, file, StandardCopyOption.REPLACE_EXISTING);
            ModelsFixture.text(http.complete("torn"));
            assertThat(http.state("torn")).isEqualTo("loaded");
        }
    }

    @Test
    void close_whileAModelIsLoaded_endsTheRequest() {
        ModelsFixture http = new ModelsFixture(2, ModelsFixture.preset("one", one), ModelsFixture.preset("two", two));
        List<CompletableFuture<Reply>> asked = List.of(
                http.posting("/v1/completions", ModelsFixture.completion("one", 3)),
                http.posting("/v1/completions", ModelsFixture.completion("two", 3)));
        ServerFixture.await("a request", () -> http.server.connections() > 0);
        http.close();
        asked.forEach(
                reply -> assertThat(reply.handle((ok, failure) -> true).join()).isTrue());
        assertThat(http.models.loaded()).isEmpty();
    }

    @Test
    void drain_waitsForModelsThatAreLoadedForRequests() {
        try (ModelsFixture http = new ModelsFixture(2, ModelsFixture.preset("one", one))) {
            CompletableFuture<Reply> asked = http.posting("/v1/completions", ModelsFixture.completion("one", 3));
            ServerFixture.await(
                    "the request",
                    () -> !http.models.all().get(0).status().state().name().equals("UNLOADED"));
            assertThat(http.server.drain(Duration.ofMinutes(2))).isTrue();
            ModelsFixture.text(asked.join());
        }
    }

    @Test
    void otherPresets_takeOver_andRequestsGoOn() {
        try (ModelsFixture http = new ModelsFixture(4, ModelsFixture.preset("one", one))) {
            ModelsFixture.text(http.complete("one"));
            LoadedModel before = http.models.loaded().get(0);
            http.models.replace(List.of(
                    ModelsFixture.preset("one", one).withNames("one", List.of("uno")),
                    ModelsFixture.preset("two", two)));
            ModelsFixture.text(http.complete("uno"));
            assertThat(http.models.loaded()).containsExactly(before);
            http.models.replace(List.of(ModelsFixture.preset("two", two)));
            ServerFixture.await(
                    "the end of the model", () -> http.models.loaded().isEmpty());
            assertThat(http.complete("one").status()).isEqualTo(404);
            ModelsFixture.text(http.complete("two"));
            assertThat(http.get("/health").status()).isEqualTo(200);
        }
    }
}
