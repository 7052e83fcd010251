package dev.tokapu.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DispatcherTest {

    private static final String KEY = "sk-0123456789abcdef";

    private final Workers workers = new Workers(1, 1);
    private final Semaphore hold = new Semaphore(0);

    @AfterEach
    void close() {
        hold.release(100);
        workers.close();
    }

    /** An API of three routes. */
    private final class Echo implements Api {

        @Override
        public void addTo(Routes routes) {
            routes.addOpen(this, "GET", "/open", call -> call.respond(Map.of("said", "open")))
                    .addQuick(this, "GET", "/things/*", call -> call.respond(Map.of("said", call.rest())))
                    .add(this, "POST", "/wait", call -> {
                        hold.acquireUninterruptibly();
                        call.respond(Map.of("said", call.json().require("x").text()));
                    })
                    .add(this, "POST", "/broken", call -> {
                        throw new IllegalStateException("secret of the inside");
                    });
        }

        @Override
        public byte[] errorBody(Problem problem) {
            return JsonText.write(Map.of("wrong", problem.message()));
        }
    }

    private FakeExchange send(Callers callers, FakeExchange exchange) {
        Service service =
                new Service(ServedModels.of(List.of()), workers, Duration.ofMinutes(1), Duration.ofMinutes(1));
        new Dispatcher(service, callers, List.of(new Echo())).handle(exchange);
        return exchange;
    }

    private FakeExchange send(FakeExchange exchange) {
        return send(Callers.local(), exchange);
    }

    private static FakeExchange awaited(FakeExchange exchange) {
        while (!exchange.ended) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return exchange;
    }

    @Test
    void handle_pathThatNobodyKnows_is404() {
        FakeExchange exchange = send(new FakeExchange("GET", "/nothing", ""));
        assertThat(exchange.status).isEqualTo(404);
        assertThat(exchange.sent()).isEqualTo("{\"wrong\":\"there is nothing at /nothing\"}");
    }

    @Test
    void handle_otherMethod_is405AndNamesThoseThatAre() {
        FakeExchange exchange = send(new FakeExchange("DELETE", "/open", ""));
        assertThat(exchange.status).isEqualTo(405);
        assertThat(exchange.sent()).contains("takes GET, not DELETE");
    }

    @Test
    void handle_star_takesTheRestOfThePath() {
        assertThat(send(new FakeExchange("GET", "/things/a/b", "")).sent()).isEqualTo("{\"said\":\"a/b\"}");
        assertThat(send(new FakeExchange("GET", "/things/", "")).status).isEqualTo(404);
    }

    @Test
    void handle_exceptionOfAnOperation_tellsNothingOfTheInside() {
        FakeExchange exchange = awaited(send(new FakeExchange("POST", "/broken", "")));
        assertThat(exchange.status).isEqualTo(500);
        assertThat(exchange.sent()).doesNotContain("secret");
    }

    @Test
    void handle_compressedBody_is415WithWords_notAnErrorInJson() {
        for (String encoding : List.of("gzip", "br", "deflate, gzip")) {
            FakeExchange exchange = send(new FakeExchange("POST", "/wait", "x").with("content-encoding", encoding));
            assertThat(exchange.status).isEqualTo(415);
            assertThat(exchange.sent()).contains("content-encoding '" + encoding + "'", "send it without");
        }
        hold.release();
        FakeExchange plain = new FakeExchange("POST", "/wait", "{\"x\":\"a\"}").with("content-encoding", "identity");
        assertThat(awaited(send(plain)).status).isEqualTo(200);
    }

    @Test
    void handle_withoutAKey_isRefused_exceptWhatIsOpen() {
        ApiKeys keys = ApiKeys.of(KEY);
        FakeExchange refused = send(keys, new FakeExchange("GET", "/things/a", ""));
        assertThat(refused.status).isEqualTo(401);
        assertThat(refused.responseHeaders).containsEntry("www-authenticate", "Bearer");
        assertThat(send(keys, new FakeExchange("GET", "/open", "")).status).isEqualTo(200);
        assertThat(send(keys, new FakeExchange("GET", "/things/a", "").with("authorization", "Bearer " + KEY)).status)
                .isEqualTo(200);
    }

    @Test
    void handle_moreCallsThanTheLimit_tellsWhenToTryAgain() {
        ApiKeys keys = ApiKeys.parse(List.of(KEY + " requests-per-minute=1"));
        hold.release();
        FakeExchange first = awaited(
                send(keys, new FakeExchange("POST", "/wait", "{\"x\":\"a\"}").with("authorization", "Bearer " + KEY)));
        assertThat(first.status).isEqualTo(200);
        assertThat(first.responseHeaders).containsEntry("x-ratelimit-remaining-requests", "0");
        FakeExchange second =
                send(keys, new FakeExchange("POST", "/wait", "{\"x\":\"a\"}").with("authorization", "Bearer " + KEY));
        assertThat(second.status).isEqualTo(429);
        assertThat(second.responseHeaders).containsKey("retry-after").containsKey("x-ratelimit-reset-requests");
    }

    @Test
    void handle_moreCallsThanWait_areRefusedAndNotKept() {
        FakeExchange running = send(new FakeExchange("POST", "/wait", "{\"x\":\"a\"}"));
        while (!hold.hasQueuedThreads()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        FakeExchange waiting = send(new FakeExchange("POST", "/wait", "{\"x\":\"b\"}"));
        FakeExchange refused = send(new FakeExchange("POST", "/wait", "{\"x\":\"c\"}"));
        assertThat(refused.status).isEqualTo(503);
        assertThat(refused.responseHeaders).containsKey("retry-after");
        hold.release(2);
        assertThat(awaited(running).sent()).contains("\"a\"");
        assertThat(awaited(waiting).sent()).contains("\"b\"");
    }

    @Test
    void handle_clientGoneBeforeItsTurn_isNotAnswered() {
        FakeExchange running = send(new FakeExchange("POST", "/wait", "{\"x\":\"a\"}"));
        FakeExchange gone = send(new FakeExchange("POST", "/wait", "{\"x\":\"b\"}"));
        gone.leave();
        hold.release(1);
        awaited(running);
        FakeExchange last = send(new FakeExchange("POST", "/broken", ""));
        awaited(last);
        assertThat(gone.ended).isFalse();
    }

    @Test
    void requestId_isTheCallersIfItIsOne() {
        assertThat(send(new FakeExchange("GET", "/open", "").with("x-request-id", "mine-1")).responseHeaders)
                .containsEntry("x-request-id", "mine-1");
        assertThat(send(new FakeExchange("GET", "/open", "").with("x-request-id", "a\r\nb"))
                        .responseHeaders
                        .get("x-request-id"))
                .startsWith("req_");
    }

    @Test
    void pageOfAnotherHost_mayNotCall() {
        FakeExchange other = new FakeExchange("GET", "/things/a", "")
                .with("host", "localhost:8080")
                .with("origin", "http://evil.example");
        assertThat(send(other).status).isEqualTo(403);
        FakeExchange own = new FakeExchange("GET", "/things/a", "")
                .with("host", "localhost:8080")
                .with("origin", "http://localhost:8080");
        assertThat(send(own).status).isEqualTo(200);
    }
}
