package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.testsupport.Thorough;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tenants with secrets and clients that cut, lie, mutate and smuggle, all at once: every answer is of its own tenant, nothing is a fault
 * of the server, nothing hangs and nothing is left. {@code -Dtokapu.stress.http.requests} for more, {@code -Dtokapu.stress.http.seed} for
 * others.
 */
@Timeout(3600)
class HostileClientsIT {

    private static final int REQUESTS =
            Integer.getInteger("tokapu.stress.http.requests", Thorough.cases(100_000, 800, 400));
    private static final long SEED = Long.getLong("tokapu.stress.http.seed", 19);
    private static final int CLIENTS = 12;
    private static final int MOST_BODY = 40_000;

    @TinyModel
    private static Model model;

    private final Map<String, Integer> counts = new TreeMap<>();

    @Test
    void clients_thatCutLieAndSmuggle_getNothingForeign_andLeaveNothingBehind() throws Exception {
        List<String> keys = new ArrayList<>(List.of(HostileClient.THIEF + " tenant=thief names-users"));
        for (int tenant = 0; tenant < HostileClient.TENANTS; tenant++) {
            keys.add(HostileClient.key(tenant) + " tenant=t" + tenant);
        }
        ServerOptions options = ServerOptions.builder()
                .callers(ApiKeys.parse(keys))
                .maxBodyBytes(MOST_BODY)
                .readTimeout(Duration.ofSeconds(20))
                .writeTimeout(Duration.ofSeconds(20))
                .build();
        long handles = TestModels.settledHandles();
        try (ServerFixture http = new ServerFixture(model, 6, 512, options)) {
            int threads = Thread.getAllStackTraces().size();
            attack(http.server.port());
            ServerFixture.await("the end of the connections", () -> http.server.connections() == 0);
            ServerFixture.await(
                    "the end of the answers", () -> http.engine.snapshot().generating() == 0);
            assertThat(http.engine.snapshot().waiting()).isZero();
            assertThat(Thread.getAllStackTraces().size() - threads).isLessThan(40);
            System.out.println(REQUESTS + " hostile requests, seed " + SEED + ": " + counts);
        }
        assertThat(TestModels.settledHandles()).isEqualTo(handles);
        assertThat(counts.get("STEAL")).isPositive();
    }

    private void attack(int port) throws Exception {
        AtomicInteger next = new AtomicInteger();
        Callable<Void> client = () -> {
            for (int number = next.getAndIncrement(); number < REQUESTS; number = next.getAndIncrement()) {
                HostileClient one = new HostileClient(port, number, new Random(SEED * 1_000_003 + number));
                try {
                    String done = one.attack();
                    synchronized (counts) {
                        counts.merge(done, 1, Integer::sum);
                    }
                } catch (Exception | AssertionError e) {
                    next.set(REQUESTS);
                    throw new AssertionError("request " + number + " of seed " + SEED + ", " + one, e);
                }
            }
            return null;
        };
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<Void>> ends = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                ends.add(clients.submit(client));
            }
            for (Future<Void> end : ends) {
                end.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }
}
