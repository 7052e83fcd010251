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
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests whose callers may ask, as far as they are not too long, and hands them on.
 *
 * <p>Thread safety: each request is of one event loop.
 */
final class RequestReader implements Handler<HttpServerRequest> {

    /** All bodies that are there at the same time may be as long as this many of the longest. */
    static final int MOST_BODIES = 16;

    /** Nobody reads the body of such a request; it is dropped as it arrives. */
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "OPTIONS");

    private static final Duration RETRY = Duration.ofSeconds(1);
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
        connections.reading(request.connection());
        VertxExchange exchange = new VertxExchange(request, connections);
        try {
            if (hasBody(request)) {
                handler.check(exchange);
            }
            @Nullable Upload upload = FormReader.isForm(request) ? handler.upload(exchange) : null;
            if (upload == null) {
                new Body(request, exchange).read();
            } else {
                new FormReader(
                                vertx,
                                request,
                                upload,
                                connections,
                                form -> handle(exchange, NOTHING, form, form.upload()::close),
                                problem -> refuse(exchange, problem))
                        .read();
            }
        } catch (RuntimeException e) {
            request.handler(part -> {});
            refuse(exchange, e);
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader("content-length");
        return request.getHeader("transfer-encoding") != null || (length != null && !length.equals("0"));
    }

    private void handle(VertxExchange exchange, byte[] body, @Nullable Form form, Runnable whenOver) {
        connections.answering(exchange.connection());
        Runnable answered = () -> {
            whenOver.run();
            connections.answered(exchange.connection());
        };
        if (exchange.whole(body, form, answered)) {
            handler.handle(exchange);
        } else {
            answered.run();
        }
    }

    /** The rest of it will not be read. */
    private void refuse(VertxExchange exchange, RuntimeException problem) {
        connections.refused(exchange.connection());
        handler.refuse(exchange, problem);
    }

    /** The body of one request. */
    private final class Body {

        private final HttpServerRequest request;
        private final VertxExchange exchange;
        private final boolean isKept;
        private Buffer bytes = Buffer.buffer();
        private int length; // of what counts as held
        private boolean over;

        Body(HttpServerRequest request, VertxExchange exchange) {
            this.request = request;
            this.exchange = exchange;
            this.isKept = !WITHOUT_BODY.contains(exchange.method());
        }

        void read() {
            request.exceptionHandler(failure -> {
                if (giveUp()) {
                    connections.refused(exchange.connection());
                }
            });
            request.handler(this::add);
            request.endHandler(end -> {
                if (!over) {
                    over = true;
                    byte[] body = bytes.getBytes();
                    bytes = Buffer.buffer(); // that of the exchange is enough
                    handle(exchange, body, null, () -> held.addAndGet(-length));
                }
            });
        }

        private void add(Buffer part) {
            if (over || !isKept) {
                return;
            }
            if (length + part.length() > maxBodyBytes) {
                refuse(Problem.of(Kind.TOO_LARGE, "the body is longer than " + maxBodyBytes + " bytes")
                        .withCode("request_too_large"));
                return;
            }
            length += part.length();
            if (held.addAndGet(part.length()) > mostBytes) {
                refuse(Problem.of(Kind.UNAVAILABLE, "too many long requests arrive; try again")
                        .withCode("overloaded")
                        .withRetryAfter(RETRY));
                return;
            }
            bytes.appendBuffer(part);
        }

        /** The rest will not come, or is not wanted. */
        private boolean giveUp() {
            if (over) {
                return false;
            }
            over = true;
            held.addAndGet(-length);
            bytes = Buffer.buffer();
            return true;
        }

        /** Answers before all of it has come, and closes. */
        private void refuse(Problem problem) {
            if (giveUp()) {
                RequestReader.this.refuse(exchange, new ProblemException(problem));
            }
        }
    }
}
