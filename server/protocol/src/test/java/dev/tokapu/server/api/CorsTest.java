package dev.tokapu.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.health.HealthApi;
import dev.tokapu.server.llamacpp.LlamaCppApi;
import dev.tokapu.server.model.ServedModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages may call from a browser, and what is kept of calls. */
class CorsTest {

    private static final String PAGE = "https://app.example";

    private final Workers workers = new Workers(1, 1);
    private final List<FinishedCall> records = new ArrayList<>();

    @AfterEach
    void close() {
        workers.close();
    }

    private FakeExchange send(Set<String> origins, FakeExchange exchange) {
        Duration time = Duration.ofMinutes(1);
        Service service =
                new Service(ServedModels.of(List.of()), workers, time, time, 1, new Cors(origins), records::add);
        List<Api> apis = List.of(new HealthApi(service, () -> false), new LlamaCppApi(service));
        new Dispatcher(service, ApiKeys.of("sk-0123456789abcdef"), apis).handle(exchange.with("host", "localhost"));
        return exchange;
    }

    private static FakeExchange preflight(String origin) {
        return new FakeExchange("OPTIONS", "/tokenize", "")
                .with("origin", origin)
                .with("access-control-request-method", "POST")
                .with("access-control-request-headers", "authorization,content-type");
    }

    @Test
    void browser_isToldThatItMayCall_withoutAKey() {
        FakeExchange answer = send(Set.of(PAGE), preflight(PAGE));
        assertThat(answer.status).isEqualTo(204);
        assertThat(answer.responseHeaders)
                .containsEntry("access-control-allow-origin", PAGE)
                .containsEntry("access-control-allow-headers", "authorization,content-type")
                .containsEntry("vary", "origin");
        assertThat(answer.responseHeaders.get("access-control-allow-methods")).contains("POST");
    }

    @Test
    void answer_canBeSeenByThePage_withTheIdOfTheRequest() {
        FakeExchange answer = send(Set.of(PAGE), new FakeExchange("GET", "/live", "").with("origin", PAGE));
        assertThat(answer.status).isEqualTo(200);
        assertThat(answer.responseHeaders).containsEntry("access-control-allow-origin", PAGE);
        assertThat(answer.responseHeaders.get("access-control-expose-headers")).contains("x-request-id");
        FakeExchange refused = send(Set.of(PAGE), new FakeExchange("GET", "/props", "").with("origin", PAGE));
        assertThat(refused.status).isEqualTo(401);
        assertThat(refused.responseHeaders).containsEntry("access-control-allow-origin", PAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example.org", "http://app.example", "https://app.example:444", "null"})
    void otherOrigins_areRefused(String origin) {
        assertThat(send(Set.of(PAGE), new FakeExchange("GET", "/live", "").with("origin", origin)).status)
                .isEqualTo(403);
        assertThat(send(Set.of(PAGE), preflight(origin)).responseHeaders)
                .doesNotContainKey("access-control-allow-origin");
        assertThat(send(Set.of(), preflight(PAGE)).status).isNotEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "app.example", "https://app.example/", "ftp://app.example", "null", "https://"})
    void whatIsNoOrigin_isRefused(String origin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cors(Set.of(origin)))
                .withMessageContaining(origin);
    }

    @Test
    void record_isOneLine_whateverThePath() {
        send(Set.of(), new FakeExchange("GET", "/nothing\n\"there\"\u00e9", ""));
        FinishedCall record = records.get(0);
        assertThat(record.status()).isEqualTo(404);
        assertThat(record.accessJson())
                .doesNotContain("\n")
                .contains("/nothing?", "\"status\":404", "\"key\":\"anyone\"");
        assertThat(record.auditJson()).doesNotContain("path").contains("\"output_tokens\":0", record.id());
        assertThat(record.text()).doesNotContain("\n").contains(" 404 ");
    }
}
