package dev.tokapu.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a {@link PartFile}: several requests at a time, each for a range. The first goes alone, until it has shown that the server answers
 * ranges. A request that fails is sent again from where it broke.
 */
final class RangeTransfer {

    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
    private static final long POLL_MILLIS = 50;
    private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long END_SECONDS = 10;

    private final HubHttp http;
    private final HubOptions options;
    private final RemoteFile file;
    private final PartFile part;
    private final Meter meter;
    private final RangeAnswers.SizeCheck sizes;
    private final RangeAnswers answers;
    private final Retries retries;
    private final ExecutorService threads;
    private final BlockingQueue<RangeRequest> ended = new LinkedBlockingQueue<>();
    private final List<RangeRequest> running = new ArrayList<>();
    private long pausedUntil = System.nanoTime();
    private long saved = System.nanoTime();

    RangeTransfer(
            HubHttp http,
            HubOptions options,
            RemoteFile file,
            PartFile part,
            Meter meter,
            RangeAnswers.SizeCheck sizes) {
        this.http = http;
        this.options = options;
        this.file = file;
        this.part = part;
        this.meter = meter;
        this.sizes = sizes;
        this.answers = new RangeAnswers(file, part, sizes);
        this.retries = new Retries(options);
        this.threads = Executors.newFixedThreadPool(options.connections(), task -> {
            Thread thread = new Thread(task, "tokapu-hub-download");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Returns whether all is there; otherwise it is another file than the one that was begun. */
    boolean run() throws IOException, InterruptedException {
        try {
            while (!part.isComplete()) {
                start();
                tell();
                RangeRequest one = ended.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (one != null && !finish(one)) {
                    return false;
                }
                stopStalled();
                if (System.nanoTime() - saved > SAVE_NANOS) {
                    part.save();
                    saved = System.nanoTime();
                }
            }
            tell();
            return true;
        } finally {
            end();
        }
    }

    /** Tells how far it is, and refuses what is too large where no size was promised. */
    private void tell() throws HubFailure {
        long bytes = part.bytes();
        sizes.check(bytes);
        meter.received(bytes, part.size());
    }

    private void start() {
        if (System.nanoTime() - pausedUntil < 0) {
            return;
        }
        int most = answers.rangesWork() && canResume() ? options.connections() : 1;
        for (FileRange range : part.ranges()) {
            if (running.size() >= most) {
                return;
            }
            if (!range.isComplete() && running.stream().noneMatch(one -> one.range() == range)) {
                range.touch();
                RangeRequest request = new RangeRequest(range);
                running.add(request);
                threads.execute(request.task(this::send, ended::add));
            }
        }
    }

    private void send(RangeRequest request) throws IOException, InterruptedException {
        http.get(file.uri(), request.headers(file, part), file.token(), (uri, info) -> answer(request, uri, info));
    }

    private BodySubscriber<Void> answer(RangeRequest request, URI uri, ResponseInfo info) throws IOException {
        FileRange range = answers.range(request.range(), uri, info);
        return request.into(new RangeBody(part.channel(), range), range);
    }

    /** Parts of different requests belong together, or the checksum tells. */
    private boolean canResume() {
        return file.checksum() != null || part.etag() != null;
    }

    /** A request has ended; false when the file is another one. */
    private boolean finish(RangeRequest request) throws IOException, InterruptedException {
        running.remove(request);
        IOException failure;
        try {
            request.result();
            retries.progressed();
            return true;
        } catch (CancellationException e) {
            failure = HubFailure.passing(
                    Addresses.shown(file.uri()) + " sent nothing for "
                            + options.timeout().toSeconds() + " seconds",
                    e);
        } catch (ExecutionException e) {
            failure = ioException(e);
        }
        if (answers.changed()) {
            return false;
        }
        if (request.hasProgressed()) {
            retries.progressed();
        }
        Duration pause = retries.after(failure);
        LOG.info("{}; going on in {} ms", failure.getMessage(), pause.toMillis());
        pausedUntil = System.nanoTime() + pause.toNanos();
        if (!canResume()) {
            part.reset(file.size());
            answers.rangesUnknown();
        }
        return true;
    }

    /** What a request failed with; what is no failure of input or output is thrown. */
    static IOException ioException(ExecutionException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof IOException e) {
            return e;
        }
        if (cause instanceof UncheckedIOException e) {
            return new IOException(e.getMessage(), e);
        }
        if (cause instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException(cause);
    }

    private void stopStalled() {
        long now = System.nanoTime();
        for (RangeRequest request : running) {
            if (now - request.range().lastBytes() > options.timeout().toNanos()) {
                request.stop();
            }
        }
    }

    /** Nothing is written any more, and what is there is written down. */
    private void end() throws IOException {
        running.forEach(RangeRequest::stop);
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.debug("A request for {} does not end", file.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!answers.changed()) {
            try {
                part.save();
            } catch (IOException e) {
                LOG.debug("What has come of {} cannot be written down", file.name(), e);
            }
        }
    }
}
