package dev.tokapu.server;

import dev.tokapu.server.http.HttpHandler;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads requests, as far as they are not too long, and hands them on.
 *
 * <p>Thread safety: each request is of one event loop.
 */
final class RequestReader implements Handler<HttpServerRequest> {

    /** All bodies that are there at the same time may be as long as this many of the longest. */
    static final int MOST_BODIES = 16;

    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;

    private final HttpHandler handler;
    private final int maxBodyBytes;
    private final long mostBytes;
    private final Connections connections;
    private final AtomicLong held = new AtomicLong(); // bytes of all bodies

    RequestReader(HttpHandler handler, ServerOptions options, Connections connections) {
        this.handler = handler;
        this.maxBodyBytes = options.maxBodyBytes();
        this.mostBytes = (long) MOST_BODIES * maxBodyBytes;
        this.connections = connections;
    }

    @Override
    public void handle(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        connections.reading(connection);
        new Body(request, connection).read();
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
                    refuse(
                            TOO_LARGE,
                            "invalid_request_error",
                            "the body is longer than " + maxBodyBytes + " bytes",
                            "request_too_large");
                } else if (held.addAndGet(part.length()) > mostBytes) {
                    bytes.appendBuffer(part);
                    refuse(UNAVAILABLE, "server_error", "too many long requests arrive; try again", "overloaded");
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
                    handler.handle(new VertxExchange(request, body, this::answered, connections));
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
        private void refuse(int status, String type, String message, String code) {
            if (giveUp()) {
                String error = "{\"error\":{\"message\":\"" + message + "\",\"type\":\"" + type
                        + "\",\"param\":null,\"code\":\"" + code + "\"}}";
                request.response()
                        .setStatusCode(status)
                        .putHeader("content-type", "application/json")
                        .putHeader("connection", "close")
                        .end(Buffer.buffer(error.getBytes(StandardCharsets.UTF_8)))
                        .onComplete(sent -> connection.close());
            }
        }
    }
}
