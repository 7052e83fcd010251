package dev.tokapu.server.download;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.source.Download;
import dev.tokapu.source.DownloadProgress;
import dev.tokapu.source.ModelSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The downloads of a server, on threads of their own. All that want a model at the same time wait for one download; it is cancelled when
 * nobody waits any more, and the next one goes on from there.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Downloads implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);
    private static final int THREADS = 2;
    private static final int WAITING = 16;
    private static final int IDLE_SECONDS = 10;
    private static final int MOST_FAILURES = 1000; // callers name what they like
    private static final Duration RETRY = Duration.ofSeconds(30);

    private final ThreadPoolExecutor threads;
    private final Map<String, Job> jobs = new LinkedHashMap<>(); // with the lock of this
    private final Map<String, String> failures = new LinkedHashMap<>(); // with the lock of this
    private boolean closed; // with the lock of this

    /** Creates them; threads start as they are needed. */
    public Downloads() {
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, "tokapu-server-download");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** A download and the calls that wait for it. */
    private static final class Job {

        final ModelSource.Remote source;
        final Set<DownloadWait> waits = new LinkedHashSet<>(); // with the lock of the downloads
        volatile boolean cancelled;

        Job(ModelSource.Remote source) {
            this.source = source;
        }
    }

    /**
     * Waits for a download, which begins unless it is under way. The hub is asked for the latest version.
     *
     * @param source what is wanted
     * @param listener is told how far it is; it does not wait
     * @return the wait, which ends with the download; close it to wait no longer
     * @throws ProblemException when too many downloads wait already, or the server is closing
     */
    public DownloadWait start(ModelSource.Remote source, Consumer<Download> listener) {
        DownloadWait wait = new DownloadWait(listener, one -> leave(source, one));
        synchronized (this) {
            if (closed) {
                throw new ProblemException(
                        Problem.of(Kind.UNAVAILABLE, "the server is closing").withCode("closing"));
            }
            Job job = jobs.get(source.name());
            if (job == null || job.cancelled) {
                job = new Job(source);
                begin(job);
                jobs.put(source.name(), job);
                failures.remove(source.name());
            }
            job.waits.add(wait);
        }
        return wait;
    }

    private void begin(Job job) {
        try {
            threads.execute(() -> run(job));
        } catch (RejectedExecutionException e) {
            throw new ProblemException(
                    Problem.of(
                                    Kind.UNAVAILABLE,
                                    "too many models wait to be downloaded, " + WAITING + "; try again later")
                            .withCode("overloaded")
                            .withRetryAfter(RETRY),
                    e);
        }
    }

    private synchronized void leave(ModelSource.Remote source, DownloadWait wait) {
        Job job = jobs.get(source.name());
        if (job != null && job.waits.remove(wait) && job.waits.isEmpty()) {
            job.cancelled = true;
        }
    }

    /** {@return whether a model is being downloaded, or is about to be} */
    public synchronized boolean isRunning(ModelSource.Remote source) {
        return jobs.containsKey(source.name());
    }

    /** {@return why a model could not be downloaded the last time; null when nothing went wrong} */
    public synchronized @Nullable String failure(ModelSource.Remote source) {
        return failures.get(source.name());
    }

    private void run(Job job) {
        DownloadProgress log = DownloadProgress.logged();
        try {
            ModelSource file = job.source.download(download -> {
                waits(job).forEach(wait -> wait.tell(download));
                return log.onProgress(download) && !job.cancelled;
            });
            LOG.info("{} is downloaded", job.source);
            end(job, null).forEach(wait -> wait.complete(file));
        } catch (Throwable e) { // told to those who wait
            ProblemException problem = problem(job.source, e);
            String failure = e instanceof CancellationException
                    ? null
                    : problem.problem().message();
            if (failure != null) {
                LOG.warn("{}", failure, e instanceof ModelLoadException ? null : e);
            }
            end(job, failure).forEach(wait -> wait.fail(problem));
        }
    }

    private synchronized List<DownloadWait> waits(Job job) {
        return List.copyOf(job.waits);
    }

    private synchronized List<DownloadWait> end(Job job, @Nullable String failure) {
        List<DownloadWait> waits = new ArrayList<>(job.waits);
        job.waits.clear();
        jobs.remove(job.source.name(), job);
        if (failure != null) {
            failures.put(job.source.name(), failure);
            if (failures.size() > MOST_FAILURES) {
                failures.remove(failures.keySet().iterator().next());
            }
        }
        return waits;
    }

    private static ProblemException problem(ModelSource.Remote source, Throwable e) {
        Problem problem;
        if (e instanceof CancellationException) {
            problem = Problem.of(Kind.UNAVAILABLE, "the download of " + source + " was cancelled")
                    .withCode("download_cancelled");
        } else if (e instanceof IllegalArgumentException) {
            problem = Problem.of(Kind.INVALID, String.valueOf(e.getMessage()));
        } else {
            problem = Problem.of(
                            Kind.INTERNAL,
                            e instanceof ModelLoadException ? String.valueOf(e.getMessage()) : e.toString())
                    .withCode("model_load_failed");
        }
        return new ProblemException(problem, e);
    }

    /** Cancels all downloads. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            jobs.values().forEach(job -> job.cancelled = true);
        }
        threads.shutdown();
    }
}
