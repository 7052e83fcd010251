package dev.tokapu.server.responses;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.api.Workers;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.model.ServedModels;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class ResponsesApiTest {

    private final Workers workers = new Workers(1, 8);
    private final Service service =
            new Service(new ServedModels(List.of()), workers, Duration.ofMinutes(1), Duration.ofMinutes(1));

    @AfterEach
    void close() {
        workers.close();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/responses, model_not_found",
        "POST, /v1/responses/input_tokens, model_not_found",
        "GET, /v1/responses/resp_1, response_not_found",
        "GET, /v1/responses/resp_1/input_items, response_not_found",
        "POST, /v1/responses/resp_1/cancel, response_not_found",
        "POST, /v1/responses/resp_1, unknown_url",
        "DELETE, /v1/responses/resp_1, response_not_found"
    })
    void whatIsNotThere_isAnErrorInOpenAisForm(String method, String path, String code) {
        FakeExchange exchange = new FakeExchange(method, path, "{\"model\":\"x\"}");
        new Dispatcher(service, Callers.local(), List.of(new ResponsesApi(service, StoreLimits.defaults())))
                .handle(exchange);
        while (!exchange.ended) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(exchange.status).isEqualTo(404);
        assertThat(exchange.sent())
                .startsWith("{\"error\":{\"message\":")
                .contains("\"code\":\"" + code + "\"", "\"type\":\"invalid_request_error\"");
    }
}
