package dev.tokapu.server.streams;

import static dev.tokapu.server.streams.StreamsFixture.ID;
import static dev.tokapu.server.streams.StreamsFixture.ONE;
import static dev.tokapu.server.streams.StreamsFixture.TWO;
import static dev.tokapu.server.streams.StreamsFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that outlive their connections. */
@Timeout(120)
class StreamsApiTest {

    private final StreamsFixture server = new StreamsFixture();
    private final StreamsFixture.Script script = server.script;

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void client_thatLeaves_endsNothing_andOthersReadItFromAnyByte() {
        FakeExchange client = server.ask("{\"stream\":true}");
        script.say("a");
        client.leave();
        script.say("b");
        assertThat(script.closed).isFalse();
        assertThat(client.sent()).isEqualTo("data: a\n\n");
        FakeExchange all = server.read(ONE, "0");
        FakeExchange rest = server.read(ONE, "9");
        await(() -> all.sent().equals("data: a\n\ndata: b\n\n"));
        script.say("c");
        assertThat(all.ended).isFalse();
        script.events.end();
        await(() -> all.ended && rest.ended);
        assertThat(all.sent()).isEqualTo("data: a\n\ndata: b\n\ndata: c\n\n");
        assertThat(all.responseHeaders).containsEntry("content-type", "text/event-stream; charset=utf-8");
        assertThat(rest.sent()).isEqualTo("data: b\n\ndata: c\n\n");
        FakeExchange again = server.read(ONE, "0");
        await(() -> again.ended);
        assertThat(again.sent()).isEqualTo(all.sent());
    }

    @Test
    void readerThatIsFull_waits_andReaderThatLeaves_holdsNothing() {
        server.ask("{\"stream\":true}");
        script.say("a");
        FakeExchange slow = new FakeExchange("GET", "/v1/stream", "").ask("conv_id", ID);
        slow.full = true;
        server.send(ONE, slow);
        FakeExchange gone = server.read(ONE, "0");
        gone.leave();
        assertThat(slow.sent()).isEmpty();
        script.say("b");
        slow.drain();
        await(() -> slow.sent().equals("data: a\n\ndata: b\n\n"));
    }

    @Test
    void clientThatIsFull_holdsUp_untilItLeaves() {
        FakeExchange client = server.ask("{\"stream\":true}");
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
        FakeExchange client = server.ask("{\"stream\":true}");
        script.say("a");
        FakeExchange reader = server.read(ONE, "0");
        assertThat(server.stop(TWO)).isEqualTo(204);
        assertThat(script.closed).as("another tenant stops nothing").isFalse();
        assertThat(server.stop(ONE)).isEqualTo(204);
        assertThat(script.closed).isTrue();
        await(() -> client.ended && reader.ended);
        assertThat(server.read(ONE, "0").status).isEqualTo(404);
        assertThat(server.stop(ONE)).isEqualTo(204);
        script.say("b");
        script.events.end();
        assertThat(client.sent()).isEqualTo("data: a\n\n");
    }

    @Test
    void stop_beforeItBegins_isAnsweredToItsClient() {
        script.waits = true;
        FakeExchange client = server.ask("{\"stream\":true}");
        FakeExchange early = server.read(ONE, "0");
        assertThat(early.status).isEqualTo(503);
        assertThat(early.responseHeaders).containsEntry("retry-after", "1");
        server.stop(ONE);
        assertThat(script.closed).isTrue();
        assertThat(client.status).isEqualTo(400);
        assertThat(client.sent()).contains("cancelled");
        script.call.respond(Map.of("late", true));
        assertThat(client.sent()).doesNotContain("late");
    }

    @Test
    void clientThatLeavesBeforeItBegins_canReadItLater() {
        script.waits = true;
        FakeExchange client = server.ask("{\"stream\":true}");
        client.leave();
        assertThat(script.closed).isFalse();
        script.events = script.call.events();
        script.say("a");
        script.events.end();
        FakeExchange reader = server.read(ONE, "0");
        await(() -> reader.ended);
        assertThat(reader.sent()).isEqualTo("data: a\n\n");
    }

    @Test
    void requestWithoutAStream_endsWithItsClient_andIsNotKept() {
        FakeExchange client = server.ask("{}");
        client.leave();
        assertThat(script.closed).isTrue();
        script.call.respond(Map.of());
        assertThat(server.read(ONE, "0").status).isEqualTo(404);
    }

    @Test
    void requestWithoutAStream_leavesTheStreamOfItsIdAlone() {
        FakeExchange first = server.ask("{\"stream\":true}");
        EventStream running = script.events;
        script.say("a");
        FakeExchange other = server.ask("{\"stream\":false}");
        script.call.respond(Map.of("answer", 1));
        assertThat(other.sent()).isEqualTo("{\"answer\":1}");
        assertThat(server.ask("{\"wrong\":true}").status).isEqualTo(400);
        assertThat(script.closed).isFalse();
        assertThat(first.ended).isFalse();
        running.end();
        FakeExchange reader = server.read(ONE, "0");
        await(() -> reader.ended);
        assertThat(reader.sent()).isEqualTo("data: a\n\n");
    }

    @Test
    void streamThatIsRefused_isNotKept() {
        FakeExchange client = server.ask("{\"stream\":true,\"wrong\":true}");
        assertThat(client.status).isEqualTo(400);
        assertThat(server.read(ONE, "0").status).isEqualTo(404);
        script.waits = true;
        FakeExchange leaves = server.ask("{\"stream\":true}");
        leaves.leave();
        assertThat(script.closed).isFalse();
        script.call.respond(Map.of());
        assertThat(script.closed).as("its client has gone, and it is no stream").isTrue();
        assertThat(server.read(ONE, "0").status).isEqualTo(404);
    }

    @Test
    void otherTenants_findNothing() {
        server.ask("{\"stream\":true}");
        assertThat(server.read(ONE, "0").status).isEqualTo(200);
        assertThat(server.read(TWO, "0").status).isEqualTo(404);
        assertThat(server.lookUp(TWO)).isEqualTo("[]");
        assertThat(server.lookUp(ONE))
                .contains("\"conversation_id\":\"" + ID + "\"", "\"is_done\":false", "\"completed_at\":0");
        assertThat(server.lookUp(ONE, "{\"conversation_ids\":[\"con\",\"\"]}")).isEqualTo("[]");
    }

    /** Where a body is as long as it may be, all connections of that thread waited until it was parsed. */
    @Test
    void lookUp_parsesItsBody_notOnTheThreadThatReadsConnections() {
        for (int i = 0; i < StreamsFixture.WORKERS; i++) {
            server.send(ONE, new FakeExchange("POST", "/hold", ""));
        }
        FakeExchange lookUp =
                server.send(ONE, new FakeExchange("POST", "/v1/streams/lookup", "{\"conversation_ids\":[]}"));
        assertThat(lookUp.ended).as("answered while all workers are busy").isFalse();
        script.hold.release(StreamsFixture.WORKERS);
        await(() -> lookUp.ended);
        assertThat(lookUp.sent()).isEqualTo("[]");
    }

    @Test
    void streamOfTheSameId_takesThePlaceOfTheOther() {
        FakeExchange first = server.ask("{\"stream\":true}");
        EventStream old = script.events;
        FakeExchange second = server.ask("{\"stream\":true}");
        assertThat(script.closed).isTrue();
        assertThat(first.ended).isTrue();
        old.data(new byte[] {'x'});
        script.say("new");
        script.events.end();
        FakeExchange reader = server.read(ONE, "0");
        await(() -> reader.ended);
        assertThat(reader.sent()).isEqualTo("data: new\n\n").isEqualTo(second.sent());
    }

    @Test
    void streamThatIsRefused_leavesTheStreamOfItsIdAlone() {
        FakeExchange first = server.ask("{\"stream\":true}");
        EventStream running = script.events;
        script.say("a");
        assertThat(server.ask("{\"stream\":true,\"wrong\":true}").status).isEqualTo(400);
        script.waits = true;
        FakeExchange late = server.ask("{\"stream\":true}");
        assertThat(server.read(ONE, "0").status).as("the newest is found").isEqualTo(503);
        assertThat(server.lookUp(ONE)).containsOnlyOnce("conversation_id");
        script.call.fail(new ProblemException(Problem.of(Problem.Kind.UNAVAILABLE, "no room")));
        assertThat(late.status).isEqualTo(503);
        assertThat(script.closed).isFalse();
        assertThat(first.ended).isFalse();
        running.end();
        FakeExchange reader = server.read(ONE, "0");
        await(() -> reader.ended);
        assertThat(reader.sent()).isEqualTo("data: a\n\n");
    }

    @Test
    void stop_endsWhatRuns_andWhatWouldTakeItsPlace() {
        FakeExchange first = server.ask("{\"stream\":true}");
        script.waits = true;
        FakeExchange second = server.ask("{\"stream\":true}");
        assertThat(server.stop(ONE)).isEqualTo(204);
        assertThat(first.ended).isTrue();
        assertThat(second.status).isEqualTo(400);
        assertThat(server.read(ONE, "0").status).isEqualTo(404);
    }

    @Test
    void whatIsWrong_isNamed() {
        server.ask("{\"stream\":true}");
        assertThat(server.read(ONE, "1").sent()).contains("from is 1");
        assertThat(server.read(ONE, "-1").sent()).contains("from is");
        assertThat(server.send(ONE, new FakeExchange("GET", "/v1/stream", "")).sent())
                .contains("conv_id is missing");
        FakeExchange exchange = server.ask("{\"stream\":true}", "x".repeat(257));
        assertThat(exchange.status).isEqualTo(400);
        assertThat(exchange.sent()).contains("257");
    }

    @Test
    void bytes_beyondTheRoom_dropTheOldest() {
        server.ask("{\"stream\":true}");
        String text = "x".repeat(1 << 20);
        for (int i = 0; i < 6; i++) {
            script.say(text);
        }
        FakeExchange lost = server.read(ONE, "0");
        assertThat(lost.status).isEqualTo(400);
        assertThat(lost.sent()).contains("last 4194304 are kept");
        FakeExchange reader = server.read(ONE, Integer.toString(6 * ((1 << 20) + 8) - (4 << 20)));
        script.events.end();
        await(() -> reader.ended);
        assertThat(reader.sent()).hasSize(4 << 20).endsWith("xx\n\n");
    }

    @Test
    void close_stopsWhatGoesOn_andKeepsNoMore() {
        server.ask("{\"stream\":true}").leave();
        server.streams.close();
        assertThat(script.closed).isTrue();
        FakeExchange refused = server.ask("{\"stream\":true}");
        assertThat(refused.status).isEqualTo(503);
        assertThat(refused.responseHeaders).containsEntry("retry-after", "1");
    }
}
