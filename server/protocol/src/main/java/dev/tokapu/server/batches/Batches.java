package dev.tokapu.server.batches;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.files.FileLimits;
import dev.tokapu.server.files.FileStore;
import dev.tokapu.server.files.FilesApi;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files and batches, kept in a folder: OpenAI's /v1/files and /v1/batches. A batch outlives the server: what was not done before is done after
 * the next start.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Batches implements AutoCloseable {

    private static final List<String> ENDPOINTS =
            List.of("/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses", "/v1/rerank");

    private final Service service;
    private final BatchLimits limits;
    private final DataFolder disk;
    private final FileStore files;
    private final BatchStore store;
    private volatile @Nullable BatchRunner runner;
    private volatile @Nullable Callers callers;
    private volatile List<String> endpoints = List.of();

    private Batches(Service service, BatchLimits limits, DataFolder disk, FileStore files, BatchStore store) {
        this.service = service;
        this.limits = limits;
        this.disk = disk;
        this.files = files;
        this.store = store;
    }

    /**
     * Opens a folder, which is made where there is none.
     *
     * @param folder the folder, of one server at a time
     * @param fileLimits how much is kept
     * @param batchLimits how much is done
     * @param service what the APIs work with
     * @return files and batches, of which none is done until {@link #start}
     * @throws IllegalArgumentException when the folder cannot be used
     */
    public static Batches open(Path folder, FileLimits fileLimits, BatchLimits batchLimits, Service service) {
        return open(DataFolder.open(folder), fileLimits, batchLimits, service, Clock.systemUTC());
    }

    static Batches open(DataFolder disk, FileLimits fileLimits, BatchLimits batchLimits, Service service, Clock clock) {
        try {
            FileStore files =
                    new FileStore(disk, fileLimits, clock, service.workers().answers());
            BatchStore store = new BatchStore(disk, batchLimits, clock);
            store.unfinished().forEach(batch -> files.hold(batch.input()));
            return new Batches(service, batchLimits, disk, files, store);
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw new IllegalArgumentException("the folder " + disk + " cannot be read: " + e, e);
        }
    }

    /** {@return the APIs of files and of batches} */
    public List<Api> apis() {
        return List.of(new FilesApi(service, files), new BatchesApi(this, files, store));
    }

    /**
     * Starts processing batches, including unfinished ones from before a restart.
     *
     * @param dispatcher what answers their requests
     * @param among finds the callers that they are from
     */
    public void start(Dispatcher dispatcher, Callers among) {
        callers = among;
        endpoints = ENDPOINTS.stream()
                .filter(path -> dispatcher.serves("POST", path))
                .toList();
        BatchRunner made = new BatchRunner(disk, files, store, limits, dispatcher, among);
        runner = made;
        made.start();
    }

    /** The batch that a call wants. */
    Batch read(Call call) {
        Callers among = callers;
        if (among == null || among.named(call.caller().name(), call.caller().tenant()) == null) {
            throw new ProblemException(Problem.of(
                            Kind.UNSUPPORTED,
                            "batches need callers that are found by name; the server's 'Callers' have no 'named'")
                    .withCode("not_supported"));
        }
        return BatchParameters.read(call.json(), call.caller(), files, limits, endpoints, store.newId(), store.now());
    }

    /** {@return what they do, and have done} */
    public BatchStatistics statistics() {
        BatchRunner started = runner;
        return started == null ? BatchStatistics.NONE : started.statistics();
    }

    void signal() {
        BatchRunner started = runner;
        if (started != null) {
            started.signal();
        }
    }

    /** Begins no more requests of batches; what is not done is done after the next start. */
    public void pause() {
        BatchRunner started = runner;
        if (started != null) {
            started.pause();
        }
    }

    /**
     * Waits until the requests are answered that have begun.
     *
     * @param most how long
     * @return whether they are
     */
    public boolean awaitIdle(Duration most) {
        BatchRunner started = runner;
        return started == null || started.awaitIdle(most);
    }

    /** Ends what is being answered, and lets other servers use the folder. */
    @Override
    public void close() {
        BatchRunner started = runner;
        if (started != null) {
            started.close();
        }
        disk.close();
    }
}
