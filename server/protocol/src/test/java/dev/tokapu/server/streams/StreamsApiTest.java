package dev.tokapu.server.streams;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that outlive their connections. */
@Timeout(120)
class StreamsApiTest {

    private static final String ONE = "sk-one-0123456789abcdef";
    private static final String TWO = "sk-two-0123456789abcdef";
    private static final String ID = "conv::org/model:Q8_0";

    /** What answers; the test says what. */
    private static final class Script implements Api {
        volatile Call call;
        volatile EventStream events;
        volatile boolean waits;
        volatile boolean closed;

        @Override
        public void addTo(Routes routes) {
            routes.add(this, "POST", "/ask", this::begin);
        }

        private void begin(Call asked) {
            asked.exchange().onClosed(() -> closed = true);
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

    private final Workers workers = new Workers(2, 10);
    private final Script script = new Script();
    private final Service service =
            new Service(ServedModels.of(List.of()), workers, Duration.ofMinutes(10), Duration.ofMinutes(10));
    private final StreamsApi streams = new StreamsApi(service);
    private Dispatcher dispatcher;

    @BeforeEach
    void start() {
        dispatcher = new Dispatcher(
                service,
                ApiKeys.parse(List.of(ONE + " name=one", TWO + " name=two")),
                List.of(script, streams),
                new RecentCalls(),
                streams::keep);
    }

    @AfterEach
    void close() {
        streams.close();
        workers.close();
    }

    private FakeExchange send(String key, FakeExchange exchange) {
        dispatcher.handle(exchange.with("authorization", "Bearer " + key));
        return exchange;
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private FakeExchange ask(String body) {
        script.call = null;
        FakeExchange exchange = send(ONE, new FakeExchange("POST", "/ask", body).with("x-conversation-id", ID));
        await(() -> script.call != null || exchange.ended);
        return exchange;
    }

    private FakeExchange read(String key, String from) {
        return send(
                key,
                new FakeExchange("GET", "/v1/stream", "").ask("conv_id", ID).ask("from", from));
    }

    private int stop(String key) {
        return send(key, new FakeExchange("DELETE", "/v1/stream", "").ask("conv_id", ID)).status;
    }

    @Test
    void client_thatLeaves_endsNothing_andOthersReadItFromAnyByte() {
        FakeExchange client = ask("{\"stream\":true}");
        script.say("a");
        client.leave();
        script.say("b");
        assertThat(script.closed).isFalse();
        assertThat(client.sent()).isEqualTo("data: a\n\n");
        FakeExchange all = read(ONE, "0");
        FakeExchange rest = read(ONE, "9");
        await(() -> all.sent().equals("data: a\n\ndata: b\n\n"));
        script.say("c");
        assertThat(all.ended).isFalse();
        script.events.end();
        await(() -> all.ended && rest.ended);
        assertThat(all.sent()).isEqualTo("data: a\n\ndata: b\n\ndata: c\n\n");
        assertThat(all.responseHeaders).containsEntry("content-type", "text/event-stream; charset=utf-8");
        assertThat(rest.sent()).isEqualTo("data: b\n\ndata: c\n\n");
        FakeExchange again = read(ONE, "0");
        await(() -> again.ended);
        assertThat(again.sent()).isEqualTo(all.sent());
    }

    @Test
    void readerThatIsFull_waits_andReaderThatLeaves_holdsNothing() {
        ask("{\"stream\":true}");
        script.say("a");
        FakeExchange slow = new FakeExchange("GET", "/v1/stream", "").ask("conv_id", ID);
        slow.full = true;
        send(ONE, slow);
        FakeExchange gone = read(ONE, "0");
        gone.leave();
        assertThat(slow.sent()).isEmpty();
        script.say("b");
        slow.drain();
        await(() -> slow.sent().equals("data: a\n\ndata: b\n\n"));
    }

    @Test
    void clientThatIsFull_holdsUp_untilItLeaves() {
        FakeExchange client = ask("{\"stream\":true}");
        client.full = true;
        boolean[] drained = new boolean[1];
        script.events.onDrained(() -> drained[0] = true);
        script.say("a");
        assertThat(script.events.wantsMore()).isFalse();
        client.leave();
        assertThat(script.events.wantsMore()).isTrue();
        assertThat(drained[0]).isTrue();
    }

    @Test
    void stop_endsTheAnswer_itsClient_andItsReaders() {
        FakeExchange client = ask("{\"stream\":true}");
        script.say("a");
        FakeExchange reader = read(ONE, "0");
        assertThat(stop(TWO)).isEqualTo(204);
        assertThat(script.closed).as("another tenant stops nothing").isFalse();
        assertThat(stop(ONE)).isEqualTo(204);
        assertThat(script.closed).isTrue();
        await(() -> client.ended && reader.ended);
        assertThat(read(ONE, "0").status).isEqualTo(404);
        assertThat(stop(ONE)).isEqualTo(204);
        script.say("b");
        script.events.end();
        assertThat(client.sent()).isEqualTo("data: a\n\n");
    }

    @Test
    void stop_beforeItBegins_isAnsweredToItsClient() {
        script.waits = true;
        FakeExchange client = ask("{\"stream\":true}");
        FakeExchange early = read(ONE, "0");
        assertThat(early.status).isEqualTo(503);
        assertThat(early.responseHeaders).containsEntry("retry-after", "1");
        stop(ONE);
        assertThat(script.closed).isTrue();
        assertThat(client.status).isEqualTo(400);
        assertThat(client.sent()).contains("cancelled");
        script.call.respond(Map.of("late", true));
        assertThat(client.sent()).doesNotContain("late");
    }

    @Test
    void clientThatLeavesBeforeItBegins_canReadItLater() {
        script.waits = true;
        FakeExchange client = ask("{\"stream\":true}");
        client.leave();
        assertThat(script.closed).isFalse();
        script.events = script.call.events();
        script.say("a");
        script.events.end();
        FakeExchange reader = read(ONE, "0");
        await(() -> reader.ended);
        assertThat(reader.sent()).isEqualTo("data: a\n\n");
    }

    @Test
    void whatIsNoStream_isNotKept() {
        FakeExchange client = ask("{}");
        client.leave();
        script.call.respond(Map.of());
        assertThat(script.closed).isTrue();
        assertThat(read(ONE, "0").status).isEqualTo(404);
        assertThat(ask("{\"wrong\":true}").status).isEqualTo(400);
        assertThat(read(ONE, "0").status).isEqualTo(404);
    }

    @Test
    void otherTenants_findNothing() {
        ask("{\"stream\":true}");
        assertThat(read(ONE, "0").status).isEqualTo(200);
        assertThat(read(TWO, "0").status).isEqualTo(404);
        assertThat(lookUp(TWO)).isEqualTo("[]");
        assertThat(lookUp(ONE))
                .contains("\"conversation_id\":\"" + ID + "\"", "\"is_done\":false", "\"completed_at\":0");
        assertThat(send(ONE, new FakeExchange("POST", "/v1/streams/lookup", "{\"conversation_ids\":[\"con\",\"\"]}"))
                        .sent())
                .isEqualTo("[]");
    }

    private String lookUp(String key) {
        return send(key, new FakeExchange("POST", "/v1/streams/lookup", "{\"conversation_ids\":[\"conv\"]}"))
                .sent();
    }

    @Test
    void streamOfTheSameId_takesThePlaceOfTheOther() {
        FakeExchange first = ask("{\"stream\":true}");
        EventStream old = script.events;
        FakeExchange second = ask("{\"stream\":true}");
        assertThat(script.closed).isTrue();
        assertThat(first.ended).isTrue();
        old.data(new byte[] {'x'});
        script.say("new");
        script.events.end();
        FakeExchange reader = read(ONE, "0");
        await(() -> reader.ended);
        assertThat(reader.sent()).isEqualTo("data: new\n\n").isEqualTo(second.sent());
    }

    @Test
    void whatIsWrong_isNamed() {
        ask("{\"stream\":true}");
        assertThat(read(ONE, "1").sent()).contains("from is 1");
        assertThat(read(ONE, "-1").sent()).contains("from is");
        assertThat(send(ONE, new FakeExchange("GET", "/v1/stream", "")).sent()).contains("conv_id is missing");
        FakeExchange exchange =
                send(ONE, new FakeExchange("POST", "/ask", "{}").with("x-conversation-id", "x".repeat(257)));
        assertThat(exchange.status).isEqualTo(400);
        assertThat(exchange.sent()).contains("257");
    }

    @Test
    void bytes_beyondTheRoom_dropTheOldest() {
        ask("{\"stream\":true}");
        String text = "x".repeat(1 << 20);
        for (int i = 0; i < 6; i++) {
            script.say(text);
        }
        FakeExchange lost = read(ONE, "0");
        assertThat(lost.status).isEqualTo(400);
        assertThat(lost.sent()).contains("last 4194304 are kept");
        FakeExchange reader = read(ONE, Integer.toString(6 * ((1 << 20) + 8) - (4 << 20)));
        script.events.end();
        await(() -> reader.ended);
        assertThat(reader.sent()).hasSize(4 << 20).endsWith("xx\n\n");
    }

    @Test
    void close_stopsWhatGoesOn_andKeepsNoMore() {
        ask("{\"stream\":true}").leave();
        streams.close();
        assertThat(script.closed).isTrue();
        assertThat(ask("{\"stream\":true}").status).isEqualTo(503);
    }
}
