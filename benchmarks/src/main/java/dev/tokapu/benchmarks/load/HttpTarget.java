package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Receiver;
import dev.tokapu.cli.load.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An OpenAI-compatible server: each request is a streamed completion over a connection of its own. One thread serves all
 * connections, so that the generator takes little from a server on the same machine.
 */
final class HttpTarget implements Target {

    private static final int BUFFER_BYTES = 1 << 16;

    private final InetSocketAddress address;
    private final URI server;
    private final String model;
    private final Selector selector;
    private final Queue<HttpExchange> started = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final Thread thread = new Thread(this::run, "load-http");
    private volatile boolean closed;

    /**
     * A server.
     *
     * @param server its address, such as {@code http://localhost:8080}; {@code /v1/completions} is added
     * @param model the name that requests carry
     */
    HttpTarget(URI server, String model) {
        if (!"http".equals(server.getScheme()) || server.getHost() == null) {
            throw new IllegalArgumentException("'" + server
                    + "' is no address of a server: give one as http://localhost:8080 (TLS is not supported)");
        }
        this.server = server;
        this.model = model;
        address = new InetSocketAddress(server.getHost(), server.getPort() < 0 ? 80 : server.getPort());
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void send(LoadRequest request, Receiver receiver) {
        started.add(new HttpExchange(requestBytes(request), receiver));
        selector.wakeup();
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (selector) {
            while (!closed) {
                selector.select();
                for (HttpExchange next = started.poll(); next != null; next = started.poll()) {
                    next.open(selector, address);
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    ((HttpExchange) key.attachment()).ready(key, buffer);
                }
                selector.selectedKeys().clear();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Greedy, exactly as long as asked for, with the tokens counted at the end; nothing kept from earlier requests. */
    private ByteBuffer requestBytes(LoadRequest request) {
        StringBuilder body = new StringBuilder(request.promptTokens().length * 6 + 256);
        body.append("{\"model\":\"").append(model).append("\",\"prompt\":[");
        for (int token : request.promptTokens()) {
            body.append(token).append(',');
        }
        body.setLength(body.length() - 1);
        body.append("],\"max_tokens\":").append(request.maxTokens());
        body.append(
                ",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"ignore_eos\":true,\"temperature\":0,\"top_k\":1}");
        String host = server.getPort() < 0 ? server.getHost() : server.getHost() + ":" + server.getPort();
        String path = server.getPath().replaceFirst("/$", "");
        String head = "POST " + path + "/v1/completions HTTP/1.1\r\nHost: " + host
                + "\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n\r\n";
        return ByteBuffer.wrap((head + body).getBytes(StandardCharsets.US_ASCII));
    }
}
