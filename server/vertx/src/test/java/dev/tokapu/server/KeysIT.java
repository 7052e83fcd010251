package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.model.ServedModel;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may call, and as whom. */
@Timeout(300)
class KeysIT {

    private static final String ONE = "sk-one-0123456789abcdef";
    private static final String TWO = "sk-two-0123456789abcdef";
    private static final String THREE = "sk-third-0123456789abcdef";
    private static final String PROMPT =
            "The same beginning of all of these prompts, long enough to be worth keeping: ";

    @TinyModel
    private static Model model;

    private ServerFixture http;

    @BeforeEach
    void start() {
        ApiKeys keys = ApiKeys.parse(List.of(
                ONE + " tenant=a names-users",
                TWO + " tenant=b tokens-per-minute=100 requests-per-minute=50",
                THREE + " tenant=c models=other"));
        http = new ServerFixture(
                model, 2, 512, ServerOptions.builder().callers(keys).build());
    }

    @AfterEach
    void close() {
        http.close();
    }

    private Reply complete(String key, String more) {
        return http.send(http.to("/v1/completions")
                .header("authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"prompt\":\"" + PROMPT + "\",\"max_tokens\":2" + more + "}"))
                .build());
    }

    private static int cached(Reply reply) {
        assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
        return reply.json()
                .path("usage")
                .path("prompt_tokens_details")
                .path("cached_tokens")
                .asInt();
    }

    @Test
    void call_withoutAKey_isRefused() {
        Reply reply = http.get("/v1/models");
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.json().path("error").path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(complete("sk-wrong-0123456789abcdef", "").status()).isEqualTo(401);
        assertThat(http.get("/metrics").status()).isEqualTo(401);
        assertThat(http.get("/health").status()).isEqualTo(200);
        HttpResponse<String> root = http.text("/");
        assertThat(root.statusCode()).isEqualTo(200);
        assertThat(root.body()).isEqualTo("Ollama is running");
        assertThat(http.get("/live").status()).isEqualTo(200);
        assertThat(http.get("/ready").status()).isEqualTo(200);
        http.engine.close();
        assertThat(http.get("/live").status()).isEqualTo(200);
        assertThat(http.get("/ready").status()).isEqualTo(503);
    }

    @Test
    void models_thatTheKeyMayNotUse_areForbidden_namedOrNot() {
        for (String more : List.of("", ",\"model\":\"" + ServerFixture.NAME + '"')) {
            Reply reply = complete(THREE, more);
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.json().path("error").path("code").asText()).isEqualTo("model_not_allowed");
        }
        assertThat(complete(THREE, ",\"model\":\"missing\"").status()).isEqualTo(404);
    }

    @Test
    void computedTokens_areThoseOfTheTenantAlone() {
        assertThat(cached(complete(ONE, ""))).isZero();
        assertThat(cached(complete(ONE, ""))).isPositive();
        assertThat(cached(complete(TWO, ""))).isZero();
    }

    @Test
    void users_areTenantsWhereTheKeyMayNameThem() {
        assertThat(cached(complete(ONE, ",\"user\":\"x\""))).isZero();
        assertThat(cached(complete(ONE, ",\"user\":\"y\""))).isZero();
        assertThat(cached(complete(ONE, ",\"prompt_cache_key\":\"x\""))).isPositive();
        assertThat(cached(complete(TWO, ",\"user\":\"x\""))).isZero();
        assertThat(http.engine.snapshot().completed()).isEqualTo(4);
    }

    @Test
    void tokens_beyondTheLimit_areRefused() {
        Reply first = complete(TWO, "");
        assertThat(first.response().headers().firstValue("x-ratelimit-limit-tokens"))
                .contains("100");
        Reply next = first;
        for (int i = 0; i < 10 && next.status() == 200; i++) {
            next = complete(TWO, "");
        }
        assertThat(next.status()).isEqualTo(429);
        assertThat(next.json().path("error").path("type").asText()).isEqualTo("rate_limit_error");
        assertThat(next.response().headers().firstValueAsLong("retry-after").orElse(0))
                .isPositive();
        assertThat(complete(ONE, "").status()).isEqualTo(200);
    }

    @Test
    void start_whereOthersCouldCall_needsKeys() {
        try (Engine engine = Engine.start(
                model, EngineOptions.builder().sequenceContextSize(64).build())) {
            List<ServedModel> served = List.of(new ServedModel("x", List.of(), engine));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Server.start(
                            ServerOptions.builder().host("0.0.0.0").port(0).build(), served))
                    .withMessageContaining("no keys");
            assertThatIllegalArgumentException().isThrownBy(() -> Server.start(ServerOptions.defaults(), List.of()));
        }
    }
}
