package dev.tokapu.server.batches;

import dev.tokapu.server.batches.Batch.Counts;
import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.files.FileStore;
import dev.tokapu.server.files.StoredFile;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves batches from one status to the next, and holds the ones in progress. Each step starts from the state on disk, so a step that failed
 * or was interrupted by the end of the process is repeated.
 *
 * <p>Thread safety: confined to the thread of the runner, except {@link #stop}.
 */
final class BatchWork implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");

    private final DataFolder disk;
    private final FileStore files;
    private final BatchStore store;
    private final BatchLimits limits;
    private final Map<String, BatchRun> runs = new LinkedHashMap<>();
    private volatile boolean stopped;

    BatchWork(DataFolder disk, FileStore files, BatchStore store, BatchLimits limits) {
        this.disk = disk;
        this.files = files;
        this.store = store;
        this.limits = limits;
    }

    /** The batches in progress. */
    Stream<BatchRun> runs() {
        return runs.values().stream();
    }

    /** How many requests are being answered. */
    int running() {
        return runs().mapToInt(BatchRun::running).sum();
    }

    /** Forgets where a batch is; what is being answered of it is asked again. */
    void close(String id) {
        BatchRun run = runs.remove(id);
        if (run == null) {
            return;
        }
        try (run) {
            if (store.get(id).status() == BatchStatus.IN_PROGRESS) {
                store.save(id); // or the next start would tell of fewer requests at first
            }
        } catch (IOException e) {
            LOG.warn("The batch {} cannot close its files: {}", id, e.toString());
        }
    }

    /** Does what is next for a batch besides its requests, which are waiting then. */
    void advance(Batch batch, boolean paused) throws IOException {
        boolean expired = batch.expires() <= store.now();
        switch (batch.status()) {
            case VALIDATING -> {
                if (expired) {
                    store.update(batch.id(), one -> one.with(BatchStatus.EXPIRED, store.now()));
                    files.release(batch.input());
                } else if (!paused) {
                    validate(batch);
                }
            }
            case IN_PROGRESS -> {
                if (expired) {
                    finish(batch, BatchStatus.EXPIRED);
                } else if (files.find(batch.input(), batch.tenant()) == null) {
                    store.update(batch.id(), one -> one.with(List.of(lost())));
                    finish(batch, BatchStatus.FAILED);
                } else if (opened(batch).isDone()) {
                    finish(batch, BatchStatus.COMPLETED);
                }
            }
            case CANCELLING -> finish(batch, BatchStatus.CANCELLED);
            case FINALIZING -> finish(batch, BatchStatus.COMPLETED);
            default -> throw new IllegalStateException(batch + " has ended");
        }
    }

    private static LineError lost() {
        return LineError.of(
                Problem.of(Kind.NOT_FOUND, "the file is no longer there").withCode("file_not_found"), null);
    }

    private void validate(Batch batch) throws IOException {
        StoredFile input = files.find(batch.input(), batch.tenant());
        List<LineError> errors;
        int total = 0;
        if (input == null) {
            errors = List.of(lost());
        } else {
            try (LineReader lines = new LineReader(files.open(input), limits.lineBytes())) {
                Validation validation = new Validation(lines, batch.endpoint(), limits.requests());
                validation.run(() -> !stopped && store.get(batch.id()).status() == BatchStatus.VALIDATING);
                errors = validation.errors();
                total = validation.total();
            }
        }
        if (stopped) {
            return;
        }
        Counts counts = new Counts(total, 0, 0, BatchUsage.NONE);
        Batch after = store.update(batch.id(), one -> {
            if (one.status() != BatchStatus.VALIDATING) {
                return one;
            }
            return errors.isEmpty()
                    ? one.with(counts).with(BatchStatus.IN_PROGRESS, store.now())
                    : one.with(errors).with(BatchStatus.FAILED, store.now());
        });
        if (after.status() == BatchStatus.FAILED) {
            files.release(batch.input());
        } else {
            advance(after, false);
        }
    }

    /** The batch with what was put out before. */
    private BatchRun opened(Batch batch) throws IOException {
        BatchRun run = runs.get(batch.id());
        if (run == null) {
            run = BatchRun.open(batch, files, new BatchOutput(disk, files, batch.tenant(), store.folder(batch)));
            runs.put(batch.id(), run);
            if (batch.ending() == null) {
                store.note(batch.id(), run.counts());
            }
        }
        return run;
    }

    /** Ends a batch, or goes on with the end that was begun. */
    void finish(Batch batch, BatchStatus status) throws IOException {
        BatchRun run = opened(batch);
        run.abandon();
        if (status == BatchStatus.EXPIRED && batch.ending() == null) {
            run.failRest("batch_expired", "the request was not done before the completion window ended");
        }
        BatchEnd.finish(batch, status, run, files, store);
        close(batch.id());
    }

    /** Ends a long step soon. */
    void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        List.copyOf(runs.keySet()).forEach(this::close);
    }
}
