package dev.tokapu.server;

import dev.tokapu.server.http.Form;
import dev.tokapu.server.http.HttpHandler;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests, as far as they are not too long, and hands them on.
 *
 * <p>Thread safety: each request is of one event loop.
 */
final class RequestReader implements Handler<HttpServerRequest> {

    /** All bodies that are there at the same time may be as long as this many of the longest. */
    static final int MOST_BODIES = 16;

    private static final byte[] NOTHING = {};

    private final Vertx vertx;
    private final HttpHandler handler;
    private final int maxBodyBytes;
    private final long mostBytes;
    private final Connections connections;
    private final AtomicLong held = new AtomicLong(); // bytes of all bodies

    RequestReader(Vertx vertx, HttpHandler handler, ServerOptions options, Connections connections) {
        this.vertx = vertx;
        this.handler = handler;
        this.maxBodyBytes = options.maxBodyBytes();
        this.mostBytes = (long) MOST_BODIES * maxBodyBytes;
        this.connections = connections;
    }

    @Override
    public void handle(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        connections.reading(connection);
        try {
            @Nullable
            Upload upload = FormReader.isForm(request)
                    ? handler.upload(new VertxExchange(request, NOTHING, null, () -> {}, connections))
                    : null;
            if (upload == null) {
                new Body(request, connection).read();
            } else {
                new FormReader(vertx, request, upload, connections, form -> handle(request, form)).read();
            }
        } catch (ProblemException e) {
            connections.refused(connection);
            request.handler(part -> {});
            Refusal.send(vertx, request, e.problem());
        }
    }

    private void handle(HttpServerRequest request, Form form) {
        HttpConnection connection = request.connection();
        connections.answering(connection);
        Runnable answered = () -> {
            form.upload().close();
            connections.answered(connection);
        };
        handler.handle(new VertxExchange(request, NOTHING, form, answered, connections));
    }

    /** The body of one request. */
    private final class Body {

        private final HttpServerRequest request;
        private final HttpConnection connection;
        private Buffer bytes = Buffer.buffer();
        private int length;
        private boolean over;

        Body(HttpServerRequest request, HttpConnection connection) {
            this.request = request;
            this.connection = connection;
        }

        void read() {
            request.exceptionHandler(failure -> giveUp());
            request.handler(part -> {
                if (over) {
                    return;
                }
                if (bytes.length() + part.length() > maxBodyBytes) {
                    refuse(Problem.of(Kind.TOO_LARGE, "the body is longer than " + maxBodyBytes + " bytes")
                            .withCode("request_too_large"));
                } else if (held.addAndGet(part.length()) > mostBytes) {
                    bytes.appendBuffer(part);
                    refuse(Problem.of(Kind.UNAVAILABLE, "too many long requests arrive; try again")
                            .withCode("overloaded"));
                } else {
                    bytes.appendBuffer(part);
                }
            });
            request.endHandler(end -> {
                if (!over) {
                    over = true;
                    connections.answering(connection);
                    byte[] body = bytes.getBytes();
                    length = body.length;
                    bytes = Buffer.buffer(); // that of the exchange is enough
                    handler.handle(new VertxExchange(request, body, null, this::answered, connections));
                }
            });
        }

        private void answered() {
            held.addAndGet(-length);
            connections.answered(connection);
        }

        /** The rest will not come, or is not wanted. */
        private boolean giveUp() {
            if (over) {
                return false;
            }
            over = true;
            held.addAndGet(-bytes.length());
            connections.refused(connection);
            return true;
        }

        /** Answers before all of it has come, and closes. */
        private void refuse(Problem problem) {
            if (giveUp()) {
                Refusal.send(vertx, request, problem);
            }
        }
    }
}
