package dev.tokapu.server;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.Form;
import dev.tokapu.server.http.ResponseStream;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A request of Vert.x. What other threads do with the response is done by its event loop, in order.
 *
 * <p>Thread safety: safe.
 */
final class VertxExchange implements Exchange {

    private static final int NO_CONTENT = 204;
    private static final byte[] NOTHING = {};
    private static final long LINGER_MILLIS = 2000;

    /** A complete response is sent in parts of so many bytes, which tells whether its client takes it. */
    private static final int PART = 64 << 10;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context loop;
    private final boolean isHead;
    private final Connections connections;
    private final Object lock = new Object();
    private final List<Runnable> whenClosed = new ArrayList<>();
    private boolean closed;
    private volatile byte[] body = NOTHING;
    private volatile @Nullable Form form;
    private Runnable onOver = () -> {}; // of the event loop, as the following
    private boolean isWhole;
    private boolean complete; // nothing comes after what is being sent
    private boolean over;

    /** Of a request that begins to arrive. */
    VertxExchange(HttpServerRequest request, Connections connections) {
        this.request = request;
        this.response = request.response();
        this.loop = Objects.requireNonNull(Vertx.currentContext(), "event loop");
        this.isHead = request.method().equals(HttpMethod.HEAD);
        this.connections = connections;
        response.exceptionHandler(failure -> {}); // the close handler tells
        response.closeHandler(gone -> closed());
    }

    /**
     * The event loop: the request has arrived.
     *
     * @param all its body, empty where it has a form
     * @param filled its form
     * @param whenOver told by the event loop when the client has all of the response, or there is nobody for it
     * @return whether there is anybody to answer
     */
    boolean whole(byte[] all, @Nullable Form filled, Runnable whenOver) {
        body = all;
        form = filled;
        onOver = whenOver;
        isWhole = true;
        return !over;
    }

    HttpConnection connection() {
        return request.connection();
    }

    private void closed() {
        if (!over) {
            over();
            List<Runnable> actions;
            synchronized (lock) {
                closed = true;
                actions = List.copyOf(whenClosed);
            }
            actions.forEach(Runnable::run);
        }
    }

    /** The event loop: the client has all of the response, or there is nobody for it. */
    private void over() {
        if (!over) {
            over = true;
            if (complete) {
                connections.sent(request.connection());
            }
            onOver.run();
            if (complete && !isWhole) {
                closeWhenRead();
            }
        }
    }

    /** What still comes is dropped for a while: a client that is sending would not read a response if its connection were closed. */
    private void closeWhenRead() {
        HttpConnection connection = request.connection();
        if (request.isEnded()) {
            connection.close();
        } else {
            request.endHandler(end -> connection.close());
            loop.owner().setTimer(LINGER_MILLIS, late -> connection.close());
        }
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public String path() {
        String path = request.path();
        if (path == null || path.indexOf('%') < 0) {
            return path == null ? "" : path;
        }
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) { // no escape: such a path leads nowhere
            return path;
        }
    }

    @Override
    public @Nullable String query(String name) {
        return request.getParam(name);
    }

    @Override
    public @Nullable String header(String name) {
        if (name.equals("host")) { // HTTP/2 has it elsewhere
            HostAndPort host = request.authority();
            return host == null ? request.getHeader(name) : host.toString();
        }
        return request.getHeader(name);
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public @Nullable Form form() {
        return form;
    }

    @Override
    public String remoteAddress() {
        return String.valueOf(request.connection().remoteAddress());
    }

    @Override
    public void onClosed(Runnable action) {
        synchronized (lock) {
            if (!closed) {
                whenClosed.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void respond(int status, Map<String, String> headers, byte[] bytes) {
        onLoop(() -> {
            head(status, headers);
            boolean hasBody = !isHead && status != NO_CONTENT;
            if (!hasBody || bytes.length > PART) {
                response.putHeader("content-length", Integer.toString(bytes.length));
            }
            end(hasBody ? Buffer.buffer(bytes) : Buffer.buffer());
        });
    }

    private void head(int status, Map<String, String> headers) {
        response.setStatusCode(status);
        headers.forEach(response::putHeader);
        if (!isWhole) {
            response.putHeader("connection", "close");
        }
    }

    @Override
    public ResponseStream begin(int status, Map<String, String> headers) {
        onLoop(() -> {
            head(status, headers);
            response.setChunked(true);
            response.writeHead();
        });
        return new VertxResponseStream(this, response);
    }

    /** Has the event loop do something with the response, while it can be used. */
    void onLoop(Runnable action) {
        try {
            loop.runOnContext(go -> {
                if (!complete && !over) {
                    action.run();
                }
            });
        } catch (RejectedExecutionException e) { // the server is closed, and with it the connection
            closed();
        }
    }

    /** The event loop: the response is complete with these bytes. */
    void end(Buffer last) {
        complete = true;
        connections.sending(request.connection());
        if (!response.headWritten() && last.length() <= PART) {
            finish(last);
        } else {
            send(last, 0);
        }
    }

    private void send(Buffer bytes, int from) {
        if (from == bytes.length()) { // not before, or a server that drains would close with bytes that are not sent
            finish(Buffer.buffer());
            return;
        }
        int to = Math.min(bytes.length(), from + PART);
        response.write(bytes.slice(from, to)).onComplete(taken -> {
            if (taken.failed()) { // the connection has ended, or is about to
                over();
            } else if (!over) {
                connections.taken(request.connection());
                send(bytes, to);
            }
        });
    }

    private void finish(Buffer last) {
        response.end(last).onComplete(taken -> over());
    }

    /** The event loop: the connection is cut. */
    void abort() {
        connections.cut(connection());
    }
}
