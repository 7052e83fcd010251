package dev.tokapu.server.streams;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The streams that are kept. Streams that have ended are removed after five minutes or, when there is no room, the oldest first.
 *
 * <p>Thread safety: safe.
 */
final class KeptStreams {

    static final int MOST = 1024;
    static final int MOST_OF_A_TENANT = 128;
    static final int KEPT_SECONDS = 300;
    static final long MOST_BYTES = 256L << 20;
    private static final int LONGEST_ID = 256;

    private final LongSupplier seconds;
    private final long mostBytes;
    private final Map<Key, KeptStream> streams = new LinkedHashMap<>(); // the oldest first; with the lock of this
    private long bytes;
    private boolean closed;

    private record Key(String tenant, String id) {
        static Key of(KeptStream stream) {
            return new Key(stream.tenant(), stream.id());
        }
    }

    KeptStreams(LongSupplier seconds) {
        this(seconds, MOST_BYTES);
    }

    /** {@code seconds}: since 1970; {@code mostBytes}: of all streams. */
    KeptStreams(LongSupplier seconds, long mostBytes) {
        this.seconds = seconds;
        this.mostBytes = mostBytes;
    }

    /**
     * Keeps a new stream, and ends the one that has its id so far.
     *
     * @param stopping what is run when it is ended before its answer
     * @throws ProblemException when there is no room for it, or the id is too long
     */
    KeptStream add(String tenant, String id, Runnable stopping) {
        if (id.length() > LONGEST_ID) {
            throw new ProblemException(Problem.of(
                    Kind.INVALID,
                    "the header " + StreamsApi.HEADER + " has " + id.length() + " characters; give at most "
                            + LONGEST_ID));
        }
        KeptStream stream = new KeptStream(tenant, id, seconds, stopping);
        for (KeptStream other = place(stream); other != null; other = place(stream)) {
            stop(other);
        }
        return stream;
    }

    /** Keeps a stream unless another has its id, which is returned then. */
    private synchronized @Nullable KeptStream place(KeptStream stream) {
        dropOld();
        KeptStream other = streams.get(Key.of(stream));
        if (other == null) {
            if (closed || !makeRoom(stream.tenant())) {
                throw new ProblemException(Problem.of(
                                Kind.UNAVAILABLE,
                                "too many streams are kept; stop some, or ask without the header X-Conversation-Id")
                        .withCode("overloaded"));
            }
            streams.put(Key.of(stream), stream);
        }
        return other;
    }

    private boolean makeRoom(String tenant) {
        List<KeptStream> own = streams.values().stream()
                .filter(one -> one.tenant().equals(tenant))
                .toList();
        return (own.size() < MOST_OF_A_TENANT || dropEnded(own))
                && (streams.size() < MOST || dropEnded(List.copyOf(streams.values())));
    }

    private void dropOld() {
        long before = seconds.getAsLong() - KEPT_SECONDS;
        List<KeptStream> old = streams.values().stream()
                .filter(one -> one.isDone() && one.completed() <= before)
                .toList();
        old.forEach(this::remove);
    }

    /** Removes the oldest that has ended; false if there is none. */
    private boolean dropEnded(List<KeptStream> among) {
        KeptStream ended = among.stream().filter(KeptStream::isDone).findFirst().orElse(null);
        if (ended != null) {
            remove(ended);
        }
        return ended != null;
    }

    /** With the lock. */
    private void remove(KeptStream stream) {
        if (streams.remove(Key.of(stream), stream)) {
            bytes -= stream.size();
        }
    }

    /** A stream can no longer be found. */
    synchronized void forget(KeptStream stream) {
        remove(stream);
    }

    /** So many more bytes are kept of a stream. */
    synchronized void grown(KeptStream stream, int more) {
        bytes += more;
        if (bytes > mostBytes) {
            Iterator<KeptStream> oldest = List.copyOf(streams.values()).iterator();
            while (bytes > mostBytes && oldest.hasNext()) {
                KeptStream one = oldest.next();
                if (one.isDone()) {
                    remove(one);
                }
            }
            bytes -= stream.drop((int) Math.max(0, Math.min(Integer.MAX_VALUE, bytes - mostBytes)));
        }
    }

    synchronized @Nullable KeptStream find(String id, String tenant) {
        dropOld();
        return streams.get(new Key(tenant, id));
    }

    /** The streams whose id is one of these, or is one of these with two colons and the name of a model. */
    synchronized List<KeptStream> lookUp(List<String> ids, String tenant) {
        dropOld();
        List<KeptStream> found = new ArrayList<>();
        for (String id : ids) {
            streams.values().stream()
                    .filter(one -> one.tenant().equals(tenant)
                            && (one.id().equals(id) || one.id().startsWith(id + "::")))
                    .forEach(found::add);
        }
        return found;
    }

    /** Ends a stream and forgets it, if it is there. */
    void stop(String id, String tenant) {
        KeptStream stream = find(id, tenant);
        if (stream != null) {
            stop(stream);
        }
    }

    private void stop(KeptStream stream) {
        stream.stop();
        forget(stream);
    }

    /** Stops all, and keeps no more. */
    void close() {
        List<KeptStream> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(streams.values());
        }
        all.forEach(this::stop);
    }
}
