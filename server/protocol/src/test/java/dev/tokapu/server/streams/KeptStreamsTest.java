package dev.tokapu.server.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.problem.ProblemException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much is kept, and how long. */
class KeptStreamsTest {

    private long now = 1000;
    private final KeptStreams streams = new KeptStreams(() -> now, 1000);

    private KeptExchange add(String tenant, String id, int bytes) {
        KeptExchange exchange = KeptExchange.of(new FakeExchange("POST", "/", ""), streams, tenant, id);
        exchange.willStream();
        exchange.begin(200, Map.of("content-type", "text/event-stream"));
        boolean unused = exchange.write(new byte[bytes]);
        return exchange;
    }

    @Test
    void streamThatHasEnded_staysFiveMinutes() {
        add("t", "a", 1).end();
        add("t", "b", 1);
        now += KeptStreams.KEPT_SECONDS - 1;
        assertThat(streams.find("a", "t")).isNotNull();
        now += 1;
        assertThat(streams.find("a", "t")).isNull();
        assertThat(streams.find("b", "t")).isNotNull();
    }

    @Test
    void bytesOfAll_pushOutTheOldestThatHasEnded_andThenTheOwn() {
        add("t", "running", 300);
        add("t", "first", 300).end();
        add("t", "second", 300).end();
        KeptExchange exchange = add("t", "last", 300);
        assertThat(streams.lookUp(List.of("running", "first", "second", "last"), "t"))
                .extracting(KeptStream::id)
                .containsExactly("running", "second", "last");
        boolean unused = exchange.write(new byte[500]);
        KeptStream last = streams.find("last", "t");
        assertThat(streams.find("second", "t")).isNull();
        assertThat(last.size()).isEqualTo(700);
        assertThat(last.total()).isEqualTo(800);
    }

    @Test
    void manyOfATenant_pushOutItsOldest_thatHasEnded() {
        for (int i = 0; i < KeptStreams.MOST_OF_A_TENANT; i++) {
            add("t", "s" + i, 1);
        }
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> add("t", "more", 1))
                .withMessageContaining("too many streams");
        add("other", "more", 1);
        KeptStream ended = streams.find("s7", "t");
        assertThat(ended).isNotNull();
        ended.end();
        add("t", "more", 1);
        assertThat(streams.find("s7", "t")).isNull();
    }

    @Test
    void bytes_areFoundByTheirPlace() {
        KeptBytes bytes = new KeptBytes(10);
        for (int i = 0; i < 40; i++) {
            bytes.add(new byte[] {(byte) i, (byte) (100 + i), (byte) -i});
            assertThat(bytes.total()).isEqualTo(3L * (i + 1));
            assertThat(bytes.size()).isEqualTo(Math.min(10, 3 * (i + 1)));
            assertThat(bytes.from(3L * i, 2)).containsExactly(i, 100 + i);
        }
        assertThat(bytes.from(109, 99)).isNull();
        assertThat(bytes.from(110, 99)).hasSize(10);
        assertThat(bytes.from(120, 99)).isEmpty();
        bytes.add(new byte[25]);
        assertThat(bytes.from(135, 99)).hasSize(10);
        assertThat(bytes.from(134, 99)).isNull();
    }
}
