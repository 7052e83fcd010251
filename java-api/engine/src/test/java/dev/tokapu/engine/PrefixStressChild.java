package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.engine.StressCounts.Count;
import dev.tokapu.testsupport.LogCapture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.event.Level;

/**
 * A program that serves tenants under random load, with all tiers of the prefix cache, until it has done so many requests or is killed.
 * Whatever is wrong ends it at once. Arguments: the model, a folder, a seed, its number, the number of requests, and whether it is closed
 * while requests run.
 */
final class PrefixStressChild {

    static final long HOST_BYTES = 700_000;
    static final long DISK_BYTES = 4_000_000;
    static final String CLOSING = "closing";

    private static final int KV_TOKENS = 384;
    private static final long SEED_STEP = 1_000_003;
    private static final int REPORTED = 20;
    private static final int LOOKED = 8;
    private static final int WRONG = 3;
    private static final String DAMAGED = "A file of the prefix cache is damaged and deleted";
    private static final String LET_GO = "A pinned prefix was let go"; // the operator pins whatever there is

    private final Model model;
    private final Path folder;
    private final Random random;
    private final int life;
    private final long most;
    private final boolean closedMeanwhile;
    private final StressCounts counts = new StressCounts();
    private final AtomicLong begun = new AtomicLong();
    private volatile boolean closing;

    private PrefixStressChild(Model model, String[] arguments) {
        this.model = model;
        this.folder = Path.of(arguments[1]);
        this.life = Integer.parseInt(arguments[3]);
        this.random = new Random(new SplittableRandom(Long.parseLong(arguments[2]) + life * SEED_STEP).nextLong());
        this.most = Long.parseLong(arguments[4]);
        this.closedMeanwhile = Boolean.parseBoolean(arguments[5]);
    }

    public static void main(String[] arguments) throws Exception {
        try (LogCapture log = LogCapture.start();
                Model model = Model.load(Path.of(arguments[0]))) {
            new PrefixStressChild(model, arguments).run(log);
        } catch (Throwable e) {
            fail(e);
        }
        System.exit(0);
    }

    private static void fail(Throwable e) {
        e.printStackTrace();
        Runtime.getRuntime().halt(WRONG);
    }

    static Path directory(Path folder) {
        return folder.resolve("prefixes");
    }

    Model model() {
        return model;
    }

    StressCounts counts() {
        return counts;
    }

    private EngineOptions options() {
        EngineOptions.Builder options = EngineFixture.options()
                .maxSequences(6)
                .prefixCache(PrefixCacheOptions.defaults()
                        .withSequences(8)
                        .withHostMemory(HOST_BYTES)
                        .withAllSaved(true)
                        .withDisk(directory(folder), DISK_BYTES));
        return life / 2 % 2 == 0 // what the other layout wrote stays, and is in the way
                ? options.kvLayout(KvCacheLayout.UNIFIED).kvTokens(KV_TOKENS).build()
                : options.kvLayout(KvCacheLayout.SPLIT).build();
    }

    private void run(LogCapture log) throws Exception {
        long handles = TestModels.settledHandles();
        try (StressConversations conversations = new StressConversations(folder.resolve("journal"), life);
                Engine engine = Engine.start(model, options())) {
            assertThat(StressDirectory.parts(directory(folder))).isEmpty();
            StressOperator operator = new StressOperator(engine, random.nextLong());
            operator.warm();
            FutureTask<Void> operating = TestModels.start("operator", () -> operate(operator, engine, log));
            List<FutureTask<Void>> clients = new ArrayList<>();
            for (int i = 8 + random.nextInt(9); i > 0; i--) {
                StressClient client = new StressClient(
                        this, engine, conversations, random.nextLong(), "life " + life + " client " + i);
                clients.add(TestModels.start("client-" + i, () -> serve(client)));
            }
            if (closedMeanwhile) {
                EngineFixture.await("requests", () -> counts.get(Count.REQUESTS) >= most);
                close(engine);
            }
            for (FutureTask<Void> client : clients) {
                client.get();
            }
            if (!closedMeanwhile) {
                EngineFixture.awaitIdle(engine);
                close(engine);
            }
            operating.get();
        }
        EngineFixture.awaitHandles(handles);
        EngineFixture.await(
                "the end of all threads",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("tokapu-engine")));
        assertThat(StressDirectory.parts(directory(folder))).isEmpty();
        System.out.println(counts);
    }

    private void close(Engine engine) {
        closing = true;
        System.out.println(CLOSING);
        engine.close();
        EngineSnapshot end = engine.snapshot();
        assertThat(end.failed()).isZero();
        assertThat(end.hangs()).isZero();
    }

    private Void serve(StressClient client) {
        try {
            while (!closing && (closedMeanwhile || begun.getAndIncrement() < most)) {
                client.ask();
                counts.add(Count.REQUESTS, 1);
                if (counts.get(Count.REQUESTS) % REPORTED == 0) {
                    System.out.println(counts);
                }
            }
        } catch (Throwable e) {
            if (!closing || !isOfClosing(e)) {
                fail(e);
            }
        }
        return null;
    }

    private static boolean isOfClosing(Throwable e) {
        return e instanceof CancellationException
                || (e instanceof IllegalStateException
                        && String.valueOf(e.getMessage()).contains("closed"));
    }

    private Void operate(StressOperator operator, Engine engine, LogCapture log) {
        try {
            for (int i = 0; !closing; i++) {
                operator.act();
                if (i % LOOKED == 0) {
                    look(engine, log);
                }
                Thread.sleep(5);
            }
        } catch (Throwable e) {
            if (!closing || !isOfClosing(e)) {
                fail(e);
            }
        }
        return null;
    }

    private void look(Engine engine, LogCapture log) {
        PrefixCacheSnapshot cache = engine.prefixCache().snapshot();
        assertThat(cache.hostBytes()).isLessThanOrEqualTo(HOST_BYTES);
        assertThat(cache.diskBytes()).isLessThanOrEqualTo(DISK_BYTES);
        counts.set(Count.PREEMPTIONS, engine.snapshot().preemptions());
        counts.set(Count.RESTORED_TOKENS, cache.restoredTokens());
        // llama.cpp itself logs a step that was aborted for a cancel.
        List<String> warnings = log.lines().stream()
                .filter(line -> line.level().toInt() >= Level.WARN.toInt())
                .filter(line -> line.logger().startsWith("dev.tokapu."))
                .map(LogCapture.Line::message)
                .toList();
        assertThat(warnings).allMatch(line -> line.startsWith(DAMAGED) || line.startsWith(LET_GO));
        counts.set(
                Count.DAMAGED_FILES,
                warnings.stream().filter(line -> line.startsWith(DAMAGED)).count());
    }
}
