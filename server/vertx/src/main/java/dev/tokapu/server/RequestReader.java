package dev.tokapu.server;

import dev.tokapu.server.http.HttpHandler;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;

/**
 * Reads requests, as far as they are not too long, and hands them on.
 *
 * <p>Thread safety: each request is of one event loop.
 */
final class RequestReader implements Handler<HttpServerRequest> {

    private static final int TOO_LARGE = 413;

    private final HttpHandler handler;
    private final int maxBodyBytes;
    private final Connections connections;

    RequestReader(HttpHandler handler, ServerOptions options, Connections connections) {
        this.handler = handler;
        this.maxBodyBytes = options.maxBodyBytes();
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
        private final Buffer bytes = Buffer.buffer();
        private boolean over;

        Body(HttpServerRequest request, HttpConnection connection) {
            this.request = request;
            this.connection = connection;
        }

        void read() {
            request.exceptionHandler(failure -> {
                if (!over) {
                    over = true;
                    connections.refused(connection);
                }
            });
            request.handler(part -> {
                if (!over && bytes.length() + part.length() > maxBodyBytes) {
                    refuse();
                } else if (!over) {
                    bytes.appendBuffer(part);
                }
            });
            request.endHandler(end -> {
                if (!over) {
                    over = true;
                    connections.answering(connection);
                    VertxExchange exchange = new VertxExchange(request, bytes.getBytes(), connections);
                    handler.handle(exchange);
                }
            });
        }

        /** Answers before all of it has come, and closes: the rest is not wanted. */
        private void refuse() {
            over = true;
            connections.refused(connection);
            String error = "{\"error\":{\"message\":\"the body is longer than " + maxBodyBytes
                    + " bytes\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"request_too_large\"}}";
            request.response()
                    .setStatusCode(TOO_LARGE)
                    .putHeader("content-type", "application/json")
                    .putHeader("connection", "close")
                    .end(Buffer.buffer(error.getBytes(StandardCharsets.UTF_8)))
                    .onComplete(sent -> connection.close());
        }
    }
}
