package dev.tokapu.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.api.Workers;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.model.ServedModels;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthApiTest {

    private final Workers workers = new Workers(1, 1);
    private boolean draining;

    @AfterEach
    void close() {
        workers.close();
    }

    private FakeExchange ask(String path) {
        Duration time = Duration.ofMinutes(10);
        Service service = new Service(ServedModels.of(List.of()), workers, time, time);
        FakeExchange exchange = new FakeExchange("GET", path, "");
        new Dispatcher(service, ApiKeys.of("sk-0123456789abcdef"), List.of(new HealthApi(service, () -> draining)))
                .handle(exchange);
        return exchange;
    }

    @Test
    void whoAsksWithoutAKey_isAnswered() {
        assertThat(ask("/live").status).isEqualTo(200);
        assertThat(ask("/ready").status).isEqualTo(200);
        assertThat(ask("/ready").sent()).isEqualTo("{\"status\":\"ok\"}");
    }

    @Test
    void draining_isAliveButNotReady() {
        draining = true;
        assertThat(ask("/live").status).isEqualTo(200);
        assertThat(ask("/ready").status).isEqualTo(503);
        assertThat(ask("/ready").sent()).isEqualTo("{\"status\":\"draining\"}");
    }
}
