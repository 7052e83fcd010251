package dev.tokapu.server.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.http.ResponseStream;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream that is stopped, or loses its client, while it begins. */
@Timeout(120)
class KeptExchangeTest {

    private static final Map<String, String> EVENTS = Map.of("content-type", "text/event-stream");
    private static final int ROUNDS = 3000; // a race is lost within some hundred

    /** Counts the heads of responses; one is right. */
    private static final class Client extends ForwardingExchange {
        final FakeExchange fake;
        final AtomicInteger heads = new AtomicInteger();

        Client(FakeExchange fake) {
            super(fake);
            this.fake = fake;
        }

        @Override
        public void respond(int status, Map<String, String> headers, byte[] body) {
            heads.incrementAndGet();
            fake.respond(status, headers, body);
        }

        @Override
        public ResponseStream begin(int status, Map<String, String> headers) {
            heads.incrementAndGet();
            return fake.begin(status, headers);
        }

        @Override
        public void onClosed(Runnable action) {
            fake.onClosed(action);
        }
    }

    private interface Round {
        void run(int number) throws Exception;
    }

    private static void inTwoThreads(Round before, Round one, Round other, Round after) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(2);
        AtomicInteger failures = new AtomicInteger();
        Thread thread = new Thread(() -> {
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    barrier.await();
                    other.run(round);
                    barrier.await();
                }
            } catch (Exception e) {
                failures.incrementAndGet();
                barrier.reset();
            }
        });
        thread.start();
        for (int round = 0; round < ROUNDS; round++) {
            before.run(round);
            barrier.await();
            one.run(round);
            barrier.await();
            after.run(round);
        }
        thread.join();
        assertThat(failures).hasValue(0);
    }

    @Test
    void stop_whileItBegins_isAnsweredOnce() throws Exception {
        KeptStreams streams = new KeptStreams(() -> 0);
        Client[] client = new Client[1];
        KeptExchange[] exchange = new KeptExchange[1];
        inTwoThreads(
                round -> {
                    client[0] = new Client(new FakeExchange("POST", "/", ""));
                    exchange[0] = KeptExchange.of(client[0], streams, "t", "a");
                    exchange[0].willStream();
                },
                round -> {
                    if (round % 2 == 0) {
                        exchange[0].begin(200, EVENTS);
                    } else {
                        exchange[0].respond(200, Map.of(), new byte[0]);
                    }
                },
                round -> streams.stop("a", "t"),
                round -> {
                    streams.stop("a", "t"); // the other came first
                    assertThat(client[0].heads).as("heads in round " + round).hasValue(1);
                    assertThat(client[0].fake.ended).as("end in round " + round).isTrue();
                });
    }

    @Test
    void clientThatLeaves_whileAStreamIsAnnounced_isNoticed_orLeavesItBehind() throws Exception {
        KeptStreams streams = new KeptStreams(() -> 0);
        Client[] client = new Client[1];
        KeptExchange[] exchange = new KeptExchange[1];
        AtomicInteger closed = new AtomicInteger();
        inTwoThreads(
                round -> {
                    client[0] = new Client(new FakeExchange("POST", "/", ""));
                    exchange[0] = KeptExchange.of(client[0], streams, "t", "a" + round);
                    closed.set(0);
                    exchange[0].onClosed(closed::incrementAndGet);
                },
                round -> exchange[0].willStream(),
                round -> client[0].fake.leave(),
                round -> {
                    assertThat(streams.find("a" + round, "t") == null)
                            .as("whether it is forgotten in round " + round)
                            .isEqualTo(closed.get() == 1);
                    streams.stop("a" + round, "t");
                });
    }
}
