package dev.tokapu.server.batches;

import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.disk.TimedIds;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of all tenants, each in a folder of its own: a record that changes as a whole, and what the batch puts out. Those that have
 * ended are forgotten after 30 days, or when a tenant has many.
 *
 * <p>Thread safety: safe.
 */
final class BatchStore {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");
    private static final String RECORD = "batch.json";
    private static final long KEPT = 30L * 24 * 3600;
    private static final Duration RETRY = Duration.ofSeconds(30);
    private static final int MOST_ENDED = 1000; // of a tenant

    private final DataFolder disk;
    private final Path folder;
    private final BatchLimits limits;
    private final Clock clock;
    private final TimedIds ids;
    private final TreeMap<String, Batch> batches = new TreeMap<>(); // by age; with the lock of this

    BatchStore(DataFolder disk, BatchLimits limits, Clock clock) throws IOException {
        this.disk = disk;
        this.folder = disk.folder("batches");
        this.limits = limits;
        this.clock = clock;
        this.ids = new TimedIds("batch_", clock);
        for (Path one : disk.list(folder, ids::isId)) {
            read(one);
        }
    }

    private void read(Path one) throws IOException {
        Path record = one.resolve(RECORD);
        if (!Files.exists(record)) { // its maker was never told of it, or it was being deleted
            disk.delete(one);
            return;
        }
        try {
            Batch batch = BatchJson.read(Files.readAllBytes(record));
            if (!folder(batch).equals(one)) {
                throw new IOException("it is that of " + batch.id());
            }
            ids.startAfter(batch.id());
            batches.put(batch.id(), batch);
        } catch (ProblemException | IOException | IllegalArgumentException e) {
            LOG.warn("{} is left out: {}", record, e.toString());
        }
    }

    String newId() {
        return ids.next();
    }

    long now() {
        return clock.instant().getEpochSecond();
    }

    /** Where a batch is. */
    Path folder(Batch batch) {
        return folder.resolve(batch.id());
    }

    /** Keeps a new batch. */
    synchronized void create(Batch batch) throws IOException {
        List<Batch> unfinished = unfinished();
        if (unfinished.size() >= limits.batches()
                || unfinished.stream()
                                .filter(one -> one.tenant().equals(batch.tenant()))
                                .count()
                        >= limits.tenantBatches()) {
            throw new ProblemException(Problem.of(
                            Kind.LIMIT,
                            "there are too many unfinished batches, of at most " + limits.tenantBatches()
                                    + " of a key and " + limits.batches() + " in all; wait for one to end")
                    .withCode("batch_limit_exceeded")
                    .withRetryAfter(RETRY));
        }
        Path place = folder(batch);
        try {
            disk.folder(folder.getFileName() + "/" + batch.id());
            write(batch);
        } catch (IOException e) {
            disk.delete(place);
            throw e;
        }
        batches.put(batch.id(), batch);
    }

    /** Changes a batch, on the disk first. */
    synchronized Batch update(String id, UnaryOperator<Batch> change) throws IOException {
        Batch before = get(id);
        Batch after = change.apply(before);
        if (!after.equals(before)) {
            write(after);
            batches.put(id, after);
        }
        return after;
    }

    private void write(Batch batch) throws IOException {
        disk.write(folder(batch).resolve(RECORD), BatchJson.record(batch));
    }

    /** Changes counts, which the output tells, too: in memory, and on the disk at each percent, for the time until the output has been read. */
    synchronized void note(String id, Batch.Counts counts) throws IOException {
        Batch before = get(id);
        Batch after = before.with(counts);
        batches.put(id, after);
        if (counts.percent() != before.counts().percent()) {
            write(after);
        }
    }

    /** Writes what was noted of a batch. */
    synchronized void save(String id) throws IOException {
        write(get(id));
    }

    synchronized Batch get(String id) {
        Batch batch = batches.get(id);
        if (batch == null) {
            throw new IllegalArgumentException("there is no batch " + id);
        }
        return batch;
    }

    /** A batch of a tenant; null when it has no such batch. */
    synchronized @Nullable Batch find(String id, String tenant) {
        Batch batch = batches.get(id);
        return batch == null || !batch.tenant().equals(tenant) ? null : batch;
    }

    /** The batches of a tenant, the oldest first. */
    synchronized List<Batch> of(String tenant) {
        return batches.values().stream()
                .filter(batch -> batch.tenant().equals(tenant))
                .toList();
    }

    /** Those that have not ended, the oldest first. */
    synchronized List<Batch> unfinished() {
        return batches.values().stream()
                .filter(batch -> !batch.status().isFinal())
                .toList();
    }

    /** Deletes batches that ended long ago, and the oldest ended batches of tenants with too many. */
    synchronized void sweep() throws IOException {
        TreeMap<String, Integer> kept = new TreeMap<>(); // by tenant
        for (Batch batch : List.copyOf(batches.descendingMap().values())) {
            if (batch.status().isFinal()
                    && (batch.created() + KEPT < now() || kept.merge(batch.tenant(), 1, Integer::sum) > MOST_ENDED)) {
                disk.delete(folder(batch).resolve(RECORD));
                batches.remove(batch.id());
                disk.delete(folder(batch));
            }
        }
    }
}
