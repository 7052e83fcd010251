package dev.tokapu.server.streams;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.api.RecentCalls;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.api.Workers;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server that keeps streams, without sockets; the test says what it answers. */
final class StreamsFixture implements AutoCloseable {

    static final String ONE = "sk-one-0123456789abcdef";
    static final String TWO = "sk-two-0123456789abcdef";
    static final String ID = "conv::org/model:Q8_0";

    static final int WORKERS = 2;

    final Script script = new Script();
    final StreamsApi streams;
    private final Workers workers = new Workers(WORKERS, 10);
    private final Dispatcher dispatcher;

    StreamsFixture() {
        Service service =
                new Service(ServedModels.of(List.of()), workers, Duration.ofMinutes(10), Duration.ofMinutes(10));
        streams = new StreamsApi(service);
        dispatcher = new Dispatcher(
                service,
                ApiKeys.parse(List.of(ONE + " name=one", TWO + " name=two")),
                List.of(script, streams),
                new RecentCalls(),
                streams::keep);
    }

    /** What answers. */
    static final class Script implements Api {
        volatile Call call;
        volatile EventStream events;
        volatile boolean waits;
        volatile boolean closed;
        final Semaphore hold = new Semaphore(0);

        @Override
        public void addTo(Routes routes) {
            routes.add(this, "POST", "/ask", this::begin).add(this, "POST", "/hold", call -> {
                hold.acquireUninterruptibly();
                call.respond(Map.of());
            });
        }

        /** As with a model: that a stream is asked for is told first. */
        private void begin(Call asked) {
            asked.exchange().onClosed(() -> closed = true);
            if (asked.json().isTrue("stream")) {
                asked.exchange().willStream();
            }
            if (asked.json().flag("wrong", false)) {
                throw new ProblemException(Problem.of(Kind.INVALID, "wrong"));
            }
            if (!waits && asked.json().flag("stream", false)) {
                events = asked.events();
            }
            call = asked;
        }

        void say(String text) {
            events.data(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public byte[] errorBody(Problem problem) {
            return JsonText.write(Map.of("error", problem.message()));
        }
    }

    FakeExchange send(String key, FakeExchange exchange) {
        dispatcher.handle(exchange.with("authorization", "Bearer " + key));
        return exchange;
    }

    static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    FakeExchange ask(String body) {
        return ask(body, ID);
    }

    FakeExchange ask(String body, String id) {
        script.call = null;
        FakeExchange exchange = send(ONE, new FakeExchange("POST", "/ask", body).with("x-conversation-id", id));
        await(() -> script.call != null || exchange.ended);
        return exchange;
    }

    FakeExchange read(String key, String from) {
        return send(
                key,
                new FakeExchange("GET", "/v1/stream", "").ask("conv_id", ID).ask("from", from));
    }

    int stop(String key) {
        return send(key, new FakeExchange("DELETE", "/v1/stream", "").ask("conv_id", ID)).status;
    }

    String lookUp(String key) {
        return lookUp(key, "{\"conversation_ids\":[\"conv\"]}");
    }

    String lookUp(String key, String body) {
        FakeExchange exchange = send(key, new FakeExchange("POST", "/v1/streams/lookup", body));
        await(() -> exchange.ended);
        return exchange.sent();
    }

    @Override
    public void close() {
        script.hold.release(WORKERS);
        streams.close();
        workers.close();
    }
}
