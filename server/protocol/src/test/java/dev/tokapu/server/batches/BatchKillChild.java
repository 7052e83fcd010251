package dev.tokapu.server.batches;

import java.nio.file.Path;
import java.time.Clock;
import java.util.stream.IntStream;

/** A process that does a batch, until it is killed. */
final class BatchKillChild {

    static final int REQUESTS = 5000;

    private BatchKillChild() {}

    static BatchFixture open(Path folder) {
        BatchLimits limits = new BatchLimits(4, 2 * REQUESTS, 10_000_000, 1000, 1, 1);
        return new BatchFixture(folder, Clock.systemUTC(), new BatchFixture.ChangingKeys(), limits);
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (BatchFixture server = open(Path.of(arguments[0]))) {
            if (server.get(BatchFixture.ONE, "/v1/batches").elements("data").isEmpty()) {
                String[] prompts = IntStream.range(0, REQUESTS)
                        .mapToObj(i -> i % 10 == 0 ? "bad" : "p" + i)
                        .toArray(String[]::new);
                server.batch(BatchFixture.ONE, prompts);
            }
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
