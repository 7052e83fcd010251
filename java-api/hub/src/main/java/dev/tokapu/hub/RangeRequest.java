package dev.tokapu.hub;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request for a range, and what writes its answer. */
final class RangeRequest {

    private final long begun;
    private volatile FileRange range;
    private @Nullable RangeBody body;
    private @Nullable FutureTask<Void> task;
    private boolean stopped;

    /** What is done with one. */
    interface Action {

        void run(RangeRequest request) throws Exception;
    }

    RangeRequest(FileRange range) {
        this.range = range;
        this.begun = range.position();
    }

    /** The range that is filled: the one that was asked for, or the whole. */
    FileRange range() {
        return range;
    }

    boolean hasProgressed() {
        return range.position() > begun;
    }

    /** The headers that ask for it. An entity tag goes with it where no checksum would tell that the file has changed. */
    Map<String, String> headers(RemoteFile file, PartFile part) {
        Map<String, String> headers = new HashMap<>(file.headers());
        long from = range.position();
        long end = range.end() >= 0 ? range.end() : from == 0 ? part.partSize() : -1;
        headers.put("Range", "bytes=" + from + '-' + (end < 0 ? "" : Long.toString(end - 1)));
        String etag = part.etag();
        if (etag != null && file.checksum() == null && part.bytes() > 0) {
            headers.put("If-Range", etag);
        }
        return headers;
    }

    /** Its work, to be run once. */
    synchronized Runnable task(Action work, Consumer<RangeRequest> whenDone) {
        RangeRequest request = this;
        FutureTask<Void> made =
                new FutureTask<>(() -> {
                    work.run(request);
                    return null;
                }) {
                    @Override
                    protected void done() {
                        whenDone.accept(request);
                    }
                };
        task = made;
        return made;
    }

    /** Throws what it failed with. */
    void result() throws ExecutionException, InterruptedException {
        FutureTask<Void> ended;
        synchronized (this) {
            ended = Objects.requireNonNull(task);
        }
        Void unused = ended.get();
    }

    synchronized RangeBody into(RangeBody value, FileRange filled) {
        body = value;
        range = filled;
        if (stopped) {
            value.stop();
        }
        return value;
    }

    /** Ends it; nothing is written any more. */
    synchronized void stop() {
        stopped = true;
        if (body != null) {
            body.stop();
        }
        if (task != null) {
            task.cancel(true);
        }
    }
}
