package dev.tokapu.server.streams;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The streams that are kept. The newest with an id is the one that is found; it takes the place of the earlier ones when its response begins,
 * so that a request that is refused leaves them as they are. Streams that have ended are removed after five minutes or, when there is no
 * room, the oldest first.
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
    private final Set<KeptStream> streams = new LinkedHashSet<>(); // the oldest first; with the lock of this
    private long bytes;
    private boolean closed;

    KeptStreams(LongSupplier seconds) {
        this(seconds, MOST_BYTES);
    }

    /** {@code seconds}: since 1970; {@code mostBytes}: of all streams. */
    KeptStreams(LongSupplier seconds, long mostBytes) {
        this.seconds = seconds;
        this.mostBytes = mostBytes;
    }

    /**
     * Keeps a new stream.
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
        synchronized (this) {
            dropOld();
            if (closed || !makeRoom(tenant)) {
                throw new ProblemException(Problem.of(
                                Kind.UNAVAILABLE,
                                "too many streams are kept; stop some, or ask without the header X-Conversation-Id")
                        .withCode("overloaded")
                        .withRetryAfter(StreamsApi.RETRY));
            }
            streams.add(stream);
        }
        return stream;
    }

    /** Ends the earlier streams with the id of one that is kept, and forgets them; whether any had not ended. */
    boolean takePlace(KeptStream stream) {
        List<KeptStream> same = all(stream.id(), stream.tenant());
        List<KeptStream> earlier = same.subList(0, Math.max(0, same.indexOf(stream)));
        boolean running = earlier.stream().anyMatch(one -> !one.isDone());
        earlier.forEach(this::stop);
        return running;
    }

    /** Those with an id, the oldest first. */
    private synchronized List<KeptStream> all(String id, String tenant) {
        return streams.stream()
                .filter(one -> one.id().equals(id) && one.tenant().equals(tenant))
                .toList();
    }

    private boolean makeRoom(String tenant) {
        List<KeptStream> own =
                streams.stream().filter(one -> one.tenant().equals(tenant)).toList();
        return (own.size() < MOST_OF_A_TENANT || dropEnded(own))
                && (streams.size() < MOST || dropEnded(List.copyOf(streams)));
    }

    private void dropOld() {
        long before = seconds.getAsLong() - KEPT_SECONDS;
        List<KeptStream> old = streams.stream()
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
        if (streams.remove(stream)) {
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
            Iterator<KeptStream> oldest = List.copyOf(streams).iterator();
            while (bytes > mostBytes && oldest.hasNext()) {
                KeptStream one = oldest.next();
                if (one.isDone()) {
                    remove(one);
                }
            }
            bytes -= stream.drop((int) Math.max(0, Math.min(Integer.MAX_VALUE, bytes - mostBytes)));
        }
    }

    /** The newest with an id. */
    synchronized @Nullable KeptStream find(String id, String tenant) {
        dropOld();
        List<KeptStream> all = all(id, tenant);
        return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    /** The streams whose id is one of these, or is one of these with two colons and the name of a model; of each id the newest. */
    synchronized List<KeptStream> lookUp(List<String> ids, String tenant) {
        dropOld();
        List<KeptStream> found = new ArrayList<>();
        for (String id : ids) {
            Map<String, KeptStream> newest = new LinkedHashMap<>();
            streams.stream()
                    .filter(one -> one.tenant().equals(tenant)
                            && (one.id().equals(id) || one.id().startsWith(id + "::")))
                    .forEach(one -> newest.put(one.id(), one));
            found.addAll(newest.values());
        }
        return found;
    }

    /** Ends those with an id and forgets them. */
    void stop(String id, String tenant) {
        all(id, tenant).forEach(this::stop);
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
            all = List.copyOf(streams);
        }
        all.forEach(this::stop);
    }
}
