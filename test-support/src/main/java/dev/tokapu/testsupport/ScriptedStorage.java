package dev.tokapu.testsupport;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of files at {@code /blobs/SHA256}, with ranges and entity tags, that does what a test wants: cuts connections, stops, has no ranges,
 * sends other bytes.
 *
 * <p>Thread safety: safe.
 */
public final class ScriptedStorage implements AutoCloseable {

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
    private static final int PIECE = 1 << 14;

    private final ScriptedHttp http = new ScriptedHttp(this::answer);
    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile Runnable afterFaults = () -> {};
    private volatile boolean ranges = true;
    private volatile boolean etags = true;
    private volatile boolean lengths = true;
    private volatile long pauseMillis;

    /**
     * What goes wrong with one request.
     *
     * @param status the status, 0 for that of success
     * @param retryAfter the header of that name; empty for none
     * @param bytes how many bytes come before the connection is cut; -1 for all
     * @param stops whether it is left open instead
     */
    public record Fault(int status, String retryAfter, int bytes, boolean stops) {

        /** {@return a connection that is cut} */
        public static Fault cutAfter(int bytes) {
            return new Fault(0, "", bytes, false);
        }

        /** {@return a connection over which nothing more comes} */
        public static Fault stopAfter(int bytes) {
            return new Fault(0, "", bytes, true);
        }

        /** {@return an error} */
        public static Fault status(int status, String retryAfter) {
            return new Fault(status, retryAfter, -1, false);
        }
    }

    /** The SHA-256 of a content, in hexadecimal digits. */
    public static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds a content; returns its checksum. */
    public String put(byte[] content) {
        String key = sha256(content);
        contents.put(key, content);
        return key;
    }

    /** Has a file under a name, or another content from now on. */
    public URI put(String name, byte[] content) {
        contents.put(name, content);
        return addressOf(name);
    }

    URI address(byte[] content) {
        return addressOf(sha256(content));
    }

    URI addressOf(String key) {
        return URI.create(http.uri() + "/blobs/" + key + "?X-Signature=secret");
    }

    /** Has the next requests go wrong, one after the other. */
    public ScriptedStorage fail(Fault... next) {
        faults.addAll(List.of(next));
        return this;
    }

    /** Does something once the last of these requests has got its content, before it is answered. */
    public ScriptedStorage afterFaults(Runnable action) {
        afterFaults = action;
        return this;
    }

    /** Has no ranges from now on. */
    public ScriptedStorage withoutRanges() {
        ranges = false;
        return this;
    }

    /** Has no entity tags. */
    public ScriptedStorage withoutEtags() {
        etags = false;
        return this;
    }

    /** Tells no lengths of whole files. */
    public ScriptedStorage withoutLengths() {
        lengths = false;
        return this;
    }

    /** Cuts the connections that have stopped; from now on none stops. */
    public void release() {
        released.countDown();
    }

    /** Waits after each 16 KiB. */
    public ScriptedStorage slow(long millis) {
        pauseMillis = millis;
        return this;
    }

    /** {@return its address} */
    public URI uri() {
        return http.uri();
    }

    /** {@return the requests that came} */
    public List<ScriptedHttp.Received> requests() {
        return http.received();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] content = contents.get(path.replaceFirst("^/(blobs/)?", ""));
        Fault fault = faults.poll();
        if (fault != null && faults.isEmpty()) {
            afterFaults.run();
        }
        if (fault != null && fault.status() > 0) {
            if (!fault.retryAfter().isEmpty()) {
                exchange.getResponseHeaders().set("Retry-After", fault.retryAfter());
            }
            ScriptedHttp.respond(exchange, fault.status(), "no");
        } else if (content == null) {
            ScriptedHttp.respond(exchange, 404, "not found");
        } else {
            send(exchange, content, fault == null ? Fault.cutAfter(-1) : fault);
        }
    }

    private void send(HttpExchange exchange, byte[] content, Fault fault) throws IOException {
        String etag = '"' + sha256(content).substring(0, 16) + '"';
        if (etags) {
            exchange.getResponseHeaders().set("ETag", etag);
        }
        String wanted = exchange.getRequestHeaders().getFirst("Range");
        String same = exchange.getRequestHeaders().getFirst("If-Range");
        Matcher range = RANGE.matcher(wanted == null ? "" : wanted);
        int from = 0;
        int to = content.length;
        boolean partial = ranges && range.matches() && (same == null || same.equals(etag));
        if (partial) {
            from = Integer.parseInt(range.group(1));
            to = range.group(2).isEmpty() ? to : Math.min(to, Integer.parseInt(range.group(2)) + 1);
            if (from >= content.length) {
                exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + '-' + (to - 1) + '/' + content.length);
        }
        exchange.sendResponseHeaders(partial ? 206 : 200, partial || lengths ? to - from : 0);
        int end = fault.bytes() < 0 ? to : Math.min(to, from + fault.bytes());
        write(exchange.getResponseBody(), content, from, end);
        if (fault.stops()) {
            await(released, 60_000);
        }
        if (end < to) {
            throw new IOException("cut, as the test wants it");
        }
    }

    private void write(OutputStream out, byte[] content, int from, int end) throws IOException {
        for (int at = from; at < end; at += PIECE) {
            out.write(content, at, Math.min(PIECE, end - at));
            out.flush();
            if (pauseMillis > 0) {
                await(closed, pauseMillis);
            }
        }
    }

    private static void await(CountDownLatch latch, long millis) throws IOException {
        try {
            if (latch.await(millis, TimeUnit.MILLISECONDS)) {
                throw new IOException("cut, as the test wants it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        release();
        http.close();
    }
}
