package dev.tokapu.testsupport;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server of a test, which keeps what it was asked.
 *
 * <p>Thread safety: safe; each request is answered in a thread of its own.
 */
public final class ScriptedHttp implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> received = new CopyOnWriteArrayList<>();

    /** Answers a request. */
    public interface Answer {

        /** Answers it; an exception cuts the connection. */
        void to(HttpExchange exchange) throws IOException;
    }

    /** A request that came. */
    public record Received(String path, Headers headers) {

        /** {@return a header; null where it is not there} */
        public @Nullable String header(String name) {
            return headers.getFirst(name);
        }
    }

    /** Starts one at a free port of this machine. */
    public ScriptedHttp(Answer answer) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            received.add(new Received(exchange.getRequestURI().toString(), exchange.getRequestHeaders()));
            try (exchange) {
                answer.to(exchange);
            }
        });
        server.start();
    }

    /** {@return its address} */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** {@return the requests that came} */
    public List<Received> received() {
        return received;
    }

    static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    static void redirect(HttpExchange exchange, int status, URI to) throws IOException {
        exchange.getResponseHeaders().set("Location", to.toString());
        exchange.sendResponseHeaders(status, -1);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
