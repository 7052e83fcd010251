package dev.tokapu.engine;

import dev.tokapu.Model;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.run.EngineMeter;
import dev.tokapu.engine.run.Mailbox;
import dev.tokapu.internal.util.Durations;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The replicas of an engine, from its start to its end.
 *
 * <p>Thread safety: safe.
 */
final class EngineReplicas {

    private final EngineShared shared;
    private final MemoryReport memory;
    private final int sequences;
    private volatile boolean closed;

    /** Makes them, without starting them; they close the contexts when they end. */
    EngineReplicas(Engine owner, EngineOptions options, List<EngineContexts> contexts) {
        List<ReplicaSpec> specs = contexts.stream().map(EngineContexts::spec).toList();
        this.shared = new EngineShared(options, specs);
        this.sequences = options.maxSequences();
        this.memory = memory(contexts); // before their threads have them
        try {
            for (int i = 0; i < contexts.size(); i++) {
                String name = contexts.size() == 1 ? shared.name : shared.name + "-" + i;
                shared.dispatcher.add(new EngineCore(owner, shared, i, name, contexts.get(i)));
            }
        } catch (Throwable e) {
            cores().forEach(EngineCore::closeDisk);
            throw e;
        }
    }

    /** Weights that several contexts use are counted once. */
    private static MemoryReport memory(List<EngineContexts> contexts) {
        List<MemoryReport.Row> rows = new ArrayList<>();
        Set<Model> seen = new HashSet<>();
        for (EngineContexts each : contexts) {
            boolean shares = !seen.add(each.context().model());
            for (MemoryReport.Row row : each.memory().rows()) {
                rows.add(new MemoryReport.Row(
                        row.buffer(), row.where(), row.device(), shares ? 0 : row.weights(), row.kv(), row.compute()));
            }
        }
        return new MemoryReport(rows);
    }

    /** Starts all of them, or none. */
    void start() {
        int started = 0;
        try {
            for (EngineCore core : cores()) {
                core.start();
                started++;
            }
        } catch (Throwable e) {
            shared.dispatcher.close();
            cores().subList(0, started).forEach(EngineCore::close);
            cores().subList(started, cores().size()).forEach(EngineCore::closeDisk);
            throw e;
        }
    }

    List<EngineCore> cores() {
        return shared.dispatcher.cores();
    }

    EngineCore first() {
        return cores().get(0);
    }

    List<Model> models() {
        return shared.models;
    }

    MemoryReport memory() {
        return memory;
    }

    EngineShared shared() {
        return shared;
    }

    List<EngineReplica> list() {
        return cores().stream().map(EngineCore::replica).toList();
    }

    EngineSnapshot snapshot() {
        List<EngineMeter> meters = new ArrayList<>(List.of(shared.meter));
        long tokens = 0;
        for (EngineCore core : cores()) {
            meters.add(core.meter());
            tokens += core.schedulerConfig().kvTokens();
        }
        return EngineSnapshot.of(meters, sequences, tokens);
    }

    boolean isOpen() {
        return cores().stream().anyMatch(EngineCore::isOpen);
    }

    void requireOpen() {
        if (!isOpen()) {
            throw notOpen();
        }
    }

    /** Those that take requests, one or more. */
    List<EngineCore> open() {
        List<EngineCore> open = cores().stream().filter(EngineCore::isOpen).toList();
        if (open.isEmpty()) {
            throw notOpen();
        }
        return open;
    }

    private IllegalStateException notOpen() {
        Throwable failure = first().meter().failure();
        return closed || failure == null
                ? new IllegalStateException("the engine is closed")
                : new IllegalStateException(
                        "the engine has failed: " + failure.getMessage() + "; start another one", failure);
    }

    boolean drain(Engine owner, Duration most) {
        long start = System.nanoTime();
        long nanos = Durations.of(most);
        shutDown(Mailbox.Shutdown.DRAIN);
        boolean drained = true;
        for (EngineCore core : cores()) {
            drained &= core.awaitEnd(Duration.ofNanos(nanos - (System.nanoTime() - start)));
        }
        close(owner);
        return drained;
    }

    /** Its owner is known until it is closed: it might be taken for one that was forgotten. */
    void close(Engine owner) {
        try {
            close();
        } finally {
            Reference.reachabilityFence(owner);
        }
    }

    private void close() {
        shutDown(Mailbox.Shutdown.NOW);
        boolean ended = true;
        for (EngineCore core : cores()) {
            ended &= core.close();
        }
        if (ended) {
            shared.executors.close();
        }
    }

    private void shutDown(Mailbox.Shutdown how) {
        closed = true;
        shared.dispatcher.close();
        cores().forEach(core -> core.shutDown(how));
    }
}
