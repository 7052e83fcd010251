package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.ControlVector;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.server.ModelsFixture.Reply;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.model.AdapterPreset;
import dev.tokapu.server.model.AnswerDefaults;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.pool.PoolOptions;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.text.GenerationOptions;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several models behind one address. */
@Timeout(300)
class ModelsIT {

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
    void model_isLoadedByTheRequestThatNamesIt() {
        try (ModelsFixture http =
                new ModelsFixture(2, ModelsFixture.preset("one", one), ModelsFixture.preset("two", two))) {
            assertThat(http.state("two")).isEqualTo("unloaded");
            assertThat(http.get("/v1/models/two").json().path("context_length").asInt())
                    .isEqualTo(128);
            assertThat(http.get("/ready").status()).isEqualTo(200);
            assertThat(http.complete("two").json().path("model").asText()).isEqualTo("two");
            assertThat(http.state("two")).isEqualTo("loaded");
            assertThat(http.state("one")).isEqualTo("unloaded");
            assertThat(http.get("/models").json().toString()).contains("\"value\":\"unloaded\"");
            JsonNode running = http.get("/api/ps").json().path("models");
            assertThat(running).hasSize(1);
            assertThat(running.path(0).path("name").asText()).isEqualTo("two:latest");
            JsonNode tags = http.get("/api/tags").json().path("models");
            assertThat(tags).hasSize(2);
            assertThat(running.path(0).path("digest")).isEqualTo(tags.path(1).path("digest"));
            assertThat(tags.path(0).path("digest")).isNotEqualTo(tags.path(1).path("digest"));
            assertThat(http.post("/tokenize?model=one", "{\"content\":\"a\"}").status())
                    .isEqualTo(200);
            assertThat(http.state("one")).isEqualTo("loaded");
            assertThat(http.complete("three").status()).isEqualTo(404);
        }
    }

    @Test
    void modelThatAKeyMayNotUse_isNotLoadedForIt() {
        String key = "sk-one-0123456789abcdef";
        ServerOptions options = ServerOptions.builder()
                .callers(ApiKeys.parse(List.of(key + " models=one,three*")))
                .build();
        try (ModelsFixture http = new ModelsFixture(
                PoolOptions.defaults(),
                List.of(ModelsFixture.preset("two", two), ModelsFixture.preset("one", one)),
                options)) {
            HttpRequest.Builder request = http.to("/v1/completions").header("authorization", "Bearer " + key);
            Reply refused = http.sending(
                            request.POST(HttpRequest.BodyPublishers.ofString(ModelsFixture.completion("two", 1)))
                                    .build())
                    .join();
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.json().path("error").path("code").asText()).isEqualTo("model_not_allowed");
            assertThat(http.models.loaded()).isEmpty();
            Reply unnamed = http.sending(
                            request.POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"a\",\"max_tokens\":1}"))
                                    .build())
                    .join();
            assertThat(unnamed.json().path("model").asText()).isEqualTo("one");
            JsonNode listed = http.sending(http.to("/v1/models")
                            .header("authorization", "Bearer " + key)
                            .build())
                    .join()
                    .json();
            assertThat(listed.path("data")).hasSize(1);
        }
    }

    @Test
    void adapters_areModels_onTheEngineOfTheirBase() {
        Path file = LoraWriter.ofTiny(7).write(folder.resolve("law.gguf"));
        float[] direction = new float[64];
        Arrays.fill(direction, 0, 32, 2);
        Path vector = folder.resolve("moved.gguf");
        ControlVector.of(List.of(direction)).write(vector, "llama");
        ModelPreset base = ModelsFixture.preset("one", one)
                .withAdapters(List.of(
                        new AdapterPreset("law", List.of("jurist"), file, 1),
                        new AdapterPreset("still", List.of(), file, 0),
                        new AdapterPreset("moved", List.of(), vector, 2, new AdapterPreset.Layers(1, 1))));
        try (ModelsFixture http = new ModelsFixture(1, base)) {
            String plain = ModelsFixture.text(http.post("/v1/completions", ModelsFixture.completion("one", 30)));
            String law = ModelsFixture.text(http.post("/v1/completions", ModelsFixture.completion("one:law", 30)));
            assertThat(law).isNotEqualTo(plain);
            assertThat(ModelsFixture.text(http.post("/v1/completions", ModelsFixture.completion("jurist", 30))))
                    .isEqualTo(law);
            assertThat(ModelsFixture.text(http.post("/v1/completions", ModelsFixture.completion("one:still", 30))))
                    .isEqualTo(plain);
            assertThat(ModelsFixture.text(http.post("/v1/completions", ModelsFixture.completion("one:moved", 30))))
                    .isNotIn(plain, law);
            assertThat(http.models.loaded()).hasSize(1);
            assertThat(http.get("/v1/models/one:law").json().path("parent").asText())
                    .isEqualTo("one");
            assertThat(http.get("/api/ps").json().path("models")).hasSize(4);
        }
    }

    @Test
    void defaults_goWhereARequestSaysNothing() {
        GenerationOptions two =
                GenerationOptions.builder().maxTokens(2).ignoreEnd(true).build();
        ModelPreset preset =
                ModelsFixture.preset("one", one).withDefaults(new AnswerDefaults(two, ReasoningOptions.off()));
        try (ModelsFixture http = new ModelsFixture(1, preset)) {
            Reply reply =
                    http.post("/api/generate", "{\"model\":\"one\",\"prompt\":\"a\",\"raw\":true,\"stream\":false}");
            assertThat(reply.json().path("eval_count").asInt()).isEqualTo(2);
            reply = http.post(
                    "/api/generate",
                    "{\"model\":\"one\",\"prompt\":\"a\",\"raw\":true,\"stream\":false,\"options\":{\"num_predict\":3}}");
            assertThat(reply.json().path("eval_count").asInt()).isEqualTo(3);
        }
    }

    @Test
    void metrics_haveTheNameOfTheModel() throws Exception {
        try (ModelsFixture http =
                new ModelsFixture(2, ModelsFixture.preset("one", one), ModelsFixture.preset("two", two))) {
            ModelsFixture.text(http.complete("two"));
            try (RawClient client = new RawClient(http.server.port())) {
                client.send("GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
                assertThat(client.readToEnd()).contains("model=\"two\"").doesNotContain("model=\"one\"");
            }
        }
    }

    @Test
    void template_ofAPreset_isThatOfItsConversations() {
        ModelPreset plain = ModelsFixture.preset("one", one);
        ModelPreset preset = plain.withOptions(
                plain.model(),
                plain.engine().toBuilder()
                        .chatTemplate("{{ messages[0].content }}!")
                        .build());
        try (ModelsFixture http = new ModelsFixture(1, preset)) {
            String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"abc\"}]";
            assertThat(http.post("/apply-template", "{" + messages + "}")
                            .json()
                            .path("prompt")
                            .asText())
                    .isEqualTo("abc!");
            JsonNode tokens = http.post("/tokenize", "{\"content\":\"abc!\",\"add_special\":true}")
                    .json();
            Reply reply = http.post("/v1/chat/completions", "{\"max_tokens\":1," + messages + "}");
            assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
            assertThat(reply.json().path("usage").path("prompt_tokens").asInt())
                    .isEqualTo(tokens.path("tokens").size());
        }
    }
}
