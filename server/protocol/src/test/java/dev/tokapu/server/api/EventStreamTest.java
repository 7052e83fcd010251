package dev.tokapu.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EventStreamTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(2);

    private final Workers workers = new Workers(1, 1);
    private final FakeExchange exchange = new FakeExchange("GET", "/events", "");

    @AfterEach
    void close() {
        workers.close();
    }

    private record Streaming(Consumer<Call> operation) implements Api {

        @Override
        public void addTo(Routes routes) {
            routes.addOpen(this, "GET", "/events", operation::accept);
        }

        @Override
        public byte[] errorBody(Problem problem) {
            return JsonText.write(Map.of("error", problem.message()));
        }
    }

    private void serve(Duration keepAlive, Duration writeTimeout, Consumer<Call> operation) {
        Service service = new Service(ServedModels.of(List.of()), workers, keepAlive, writeTimeout);
        new Dispatcher(service, Callers.local(), List.of(new Streaming(operation))).handle(exchange);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void events_areFramedAsServerSentEvents() {
        serve(LONG, LONG, call -> {
            EventStream events = call.events();
            events.data(bytes("a"));
            events.event("named", bytes("b"));
            events.json(Map.of("c", 1));
            events.end();
            events.data(bytes("after the end"));
        });
        assertThat(exchange.sent()).isEqualTo("data: a\n\nevent: named\ndata: b\n\ndata: {\"c\":1}\n\n");
        assertThat(exchange.ended).isTrue();
        assertThat(exchange.responseHeaders).containsEntry("content-type", "text/event-stream; charset=utf-8");
    }

    @Test
    void lastEvents_areSentOnceTheModelIsGivenBack() {
        CallWork.Progress work = new CallWork.Progress(0);
        Service service = new Service(ServedModels.of(List.of()), workers, LONG, LONG);
        List<String> sentBefore = new ArrayList<>();
        EventStream events = new EventStream(
                EventStream.EVENTS, exchange, service, work, () -> sentBefore.add(exchange.sent()), () -> {});
        events.data(bytes("a"));
        work.completes();
        events.data(bytes("b"));
        events.event("last", bytes("c"));
        events.end();
        assertThat(sentBefore).containsExactly("data: a\n\n");
        assertThat(exchange.sent()).isEqualTo("data: a\n\ndata: b\n\nevent: last\ndata: c\n\n");
        assertThat(exchange.ended).isTrue();
    }

    @Test
    void lines_areOneValueEach_andSilenceStaysSilent() {
        EventStream[] lines = new EventStream[1];
        serve(SHORT, LONG, call -> lines[0] = call.lines());
        LockSupport.parkNanos(SHORT.toNanos() * 5);
        lines[0].json(Map.of("c", 1));
        lines[0].json(Map.of("d", "x\ny"));
        lines[0].end();
        assertThat(exchange.sent()).isEqualTo("{\"c\":1}\n{\"d\":\"x\\ny\"}\n");
        assertThat(exchange.responseHeaders).containsEntry("content-type", "application/x-ndjson");
    }

    @Test
    void silence_isFilledWithComments() {
        EventStream[] events = new EventStream[1];
        serve(SHORT, LONG, call -> events[0] = call.events());
        await(() -> exchange.sent().startsWith(": keep-alive\n\n: keep-alive\n\n"));
        events[0].end();
    }

    @Test
    void silence_isFilledWithTheEventThatIsSet() {
        EventStream[] events = new EventStream[1];
        serve(SHORT, LONG, call -> {
            events[0] = call.events();
            events[0].keepAliveWith("ping", bytes("{}"));
        });
        await(() -> exchange.sent().contains("event: ping\ndata: {}\n\nevent: ping\ndata: {}\n\n"));
        events[0].end();
    }

    @Test
    void clientThatTakesNothing_isCutOff() {
        exchange.full = true;
        serve(LONG, SHORT, call -> {
            EventStream events = call.events();
            events.data(bytes("a"));
            assertThat(events.wantsMore()).isFalse();
        });
        await(() -> exchange.aborted);
    }

    @Test
    void clientThatTakesALittleNowAndThen_heldItsPlaceForEver_andIsCutOff() {
        EventStream[] events = new EventStream[1];
        serve(LONG, Duration.ofMillis(200), call -> events[0] = call.events());
        while (!exchange.aborted) {
            exchange.full = true;
            events[0].data(bytes("a"));
            LockSupport.parkNanos(SHORT.toNanos());
            exchange.drain();
        }
    }

    @Test
    void clientThatTakesAgain_isGivenMore() {
        exchange.full = true;
        AtomicInteger resumed = new AtomicInteger();
        serve(LONG, LONG, call -> {
            EventStream events = call.events();
            events.onDrained(resumed::incrementAndGet);
            events.data(bytes("a"));
        });
        exchange.drain();
        assertThat(resumed).hasValue(1);
        assertThat(exchange.aborted).isFalse();
    }

    @Test
    void clientGone_lastEventsAreDroppedAndTheWriterGoesOn() {
        exchange.full = true;
        AtomicInteger resumed = new AtomicInteger();
        EventStream[] events = new EventStream[1];
        serve(LONG, LONG, call -> {
            events[0] = call.events();
            events[0].onDrained(resumed::incrementAndGet);
            events[0].data(bytes("a"));
        });
        exchange.leave();
        events[0].data(bytes("b"));
        assertThat(resumed).hasValue(1);
        assertThat(events[0].wantsMore()).isTrue();
        assertThat(exchange.sent()).isEqualTo("data: a\n\n");
    }

    @Test
    void failure_behindTheHead_isTheLastEvent() {
        serve(LONG, LONG, call -> {
            call.events().data(bytes("a"));
            throw new IllegalStateException("x");
        });
        assertThat(exchange.sent()).startsWith("data: a\n\ndata: {\"error\":");
        assertThat(exchange.ended).isTrue();
    }
}
