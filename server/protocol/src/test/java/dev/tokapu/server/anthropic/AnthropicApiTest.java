package dev.tokapu.server.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.api.Workers;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.openai.OpenAiApi;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class AnthropicApiTest {

    private static final String PATH = "/v1/messages";
    private static final String KEY = "sk-ant-0123456789abcdef";

    private final Workers workers = new Workers(1, 8);
    private final Service service =
            new Service(ServedModels.of(List.of()), workers, Duration.ofMinutes(1), Duration.ofMinutes(1));

    @AfterEach
    void close() {
        workers.close();
    }

    private FakeExchange send(Callers callers, FakeExchange exchange) {
        new Dispatcher(service, callers, List.of(new OpenAiApi(service), new AnthropicApi(service))).handle(exchange);
        while (!exchange.ended) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return exchange;
    }

    @Test
    void modelThatIsNotServed_isAnErrorInAnthropicsForm() {
        FakeExchange exchange =
                send(Callers.local(), new FakeExchange("POST", PATH, "{\"model\":\"x\"}").with("x-request-id", "mine"));
        assertThat(exchange.status).isEqualTo(404);
        assertThat(exchange.sent())
                .startsWith("{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"the model 'x'");
        assertThat(exchange.responseHeaders).containsEntry("request-id", "mine");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/messages/batches, 404, not_found_error",
        "GET, /v1/messages, 405, invalid_request_error",
        "GET, /v1/messages/count_tokens, 405, invalid_request_error"
    })
    void otherPathsAndMethods_areRefusedInItsForm(String method, String path, int status, String type) {
        FakeExchange exchange = send(Callers.local(), new FakeExchange(method, path, ""));
        assertThat(exchange.status).isEqualTo(status);
        assertThat(exchange.sent()).startsWith("{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\"");
        assertThat(exchange.responseHeaders).containsKey("request-id");
    }

    @Test
    void otherPaths_areNotItsOwn() {
        assertThat(send(Callers.local(), new FakeExchange("GET", "/v1/messagesx", ""))
                        .sent())
                .contains("unknown_url");
    }

    @Test
    void key_isThatOfAnthropicsHeaderOrABearer() {
        ApiKeys keys = ApiKeys.of(KEY);
        FakeExchange without = send(keys, new FakeExchange("POST", PATH, "{}"));
        assertThat(without.status).isEqualTo(401);
        assertThat(without.sent()).contains("\"type\":\"authentication_error\"");
        assertThat(send(keys, new FakeExchange("POST", PATH, "{}").with("x-api-key", KEY)).status)
                .isEqualTo(404);
        assertThat(send(keys, new FakeExchange("POST", PATH, "{}").with("authorization", "Bearer " + KEY)).status)
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"2023-01-01, 400", "newest, 400", "2023-06-01, 404", "2026-10-21, 404"})
    void version_mustBeOneWithTheseEvents(String version, int status) {
        FakeExchange exchange = send(
                Callers.local(),
                new FakeExchange("POST", PATH, "{}")
                        .with("anthropic-version", version)
                        .with("anthropic-beta", "some-beta-2025-01-01"));
        assertThat(exchange.status).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID, invalid_request_error",
        "UNAUTHORIZED, authentication_error",
        "FORBIDDEN, permission_error",
        "NOT_FOUND, not_found_error",
        "TOO_LARGE, request_too_large",
        "LIMIT, rate_limit_error",
        "UNAVAILABLE, overloaded_error",
        "INTERNAL, api_error"
    })
    void problems_haveAnthropicsTypes(Kind kind, String type) {
        String body = new String(AnthropicErrors.body(Problem.of(kind, "m")), StandardCharsets.UTF_8);
        assertThat(body).isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"m\"}}");
    }

    /** Fails behind the head of a stream. */
    private record Failing(AnthropicApi api) implements Api {

        @Override
        public void addTo(Routes routes) {
            routes.addOpen(this, "GET", "/events", call -> {
                call.events();
                throw new IllegalStateException("x");
            });
        }

        @Override
        public byte[] errorBody(Problem problem) {
            return api.errorBody(problem);
        }

        @Override
        public void tell(Problem problem, EventStream events) {
            api.tell(problem, events);
        }
    }

    @Test
    void failure_behindTheHead_isAnEventOfItsOwn() {
        FakeExchange exchange = new FakeExchange("GET", "/events", "");
        new Dispatcher(service, Callers.local(), List.of(new Failing(new AnthropicApi(service)))).handle(exchange);
        assertThat(exchange.sent())
                .startsWith("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\"");
        assertThat(exchange.ended).isTrue();
    }

    @Test
    void parameter_isInTheMessage() {
        assertThat(new String(AnthropicErrors.body(Problem.parameter("top_k", "is odd")), StandardCharsets.UTF_8))
                .contains("\"top_k: is odd\"");
    }
}
