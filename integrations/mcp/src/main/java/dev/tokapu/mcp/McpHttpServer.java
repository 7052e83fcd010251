package dev.tokapu.mcp;

import com.sun.net.httpserver.HttpServer;
import dev.tokapu.tool.Tools;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MCP server that offers tools over streamable HTTP, at the path {@code /mcp}. It has no sessions: each request is answered by itself, with JSON.
 *
 * <pre>{@code
 * InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8090);
 * McpHttpServer server = McpHttpServer.start("notes", "1.0", tools, address, null);
 * System.out.println(server.uri());
 * server.awaitEnd();
 * }</pre>
 *
 * <p>Calls are those of {@link McpToolServer}. A page of another host is refused, so that no browser lends it to a stranger. It speaks HTTP without TLS: for
 * other machines put it behind a proxy.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class McpHttpServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(McpHttpServer.class);

    private static final int MOST_THREADS = 64;
    private static final int MOST_BYTES_OF_ALL = 64 << 20; // for all requests in progress

    private final HttpServer http;
    private final ExecutorService threads;
    private final McpStatelessSyncServer server;
    private final CountDownLatch end = new CountDownLatch(1);

    private McpHttpServer(HttpServer http, ExecutorService threads, McpStatelessSyncServer server) {
        this.http = http;
        this.threads = threads;
        this.server = server;
    }

    /**
     * Serves tools.
     *
     * @param name what the server is called
     * @param version its version
     * @param tools the tools
     * @param address where it listens; port 0 is a free one
     * @param key what clients give as {@code Authorization: Bearer KEY}; null for none, where other machines cannot reach the address
     * @return the server, which is running
     * @throws IllegalArgumentException when other machines could call tools without a key
     * @throws IOException when it cannot listen there
     */
    public static McpHttpServer start(
            String name, String version, Tools tools, InetSocketAddress address, @Nullable String key)
            throws IOException {
        return start(name, version, tools, address, key, new RequestBodies(OfferedTools.MOST_BYTES, MOST_BYTES_OF_ALL));
    }

    static McpHttpServer start(
            String name,
            String version,
            Tools tools,
            InetSocketAddress address,
            @Nullable String key,
            RequestBodies bodies)
            throws IOException {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new IOException("the host '" + address.getHostString() + "' is not known");
        }
        if (key == null && !host.isLoopbackAddress()) {
            throw new IllegalArgumentException("other machines reach " + address.getHostString()
                    + " and could call tools; give a key, or listen on 127.0.0.1");
        }
        McpJsonMapper mapper = McpJsonDefaults.getMapper();
        OfferedTools offered = new OfferedTools(tools, mapper);
        HttpTransport transport = new HttpTransport(mapper, key, hosts(address, host), bodies);
        McpStatelessSyncServer server = McpServer.sync(transport)
                .serverInfo(name, version)
                .capabilities(OfferedTools.CAPABILITIES)
                .validateToolInputs(false) // the tools do, and tell the model what is wrong
                .tools(offered.each(tool -> new McpStatelessServerFeatures.SyncToolSpecification(
                        tool, (context, request) -> offered.call(request))))
                .build();
        HttpServer http;
        try {
            http = HttpServer.create(address, 0);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        ExecutorService threads = threads(name);
        http.setExecutor(threads);
        http.createContext("/", transport);
        http.start();
        if (!host.isLoopbackAddress()) {
            LOG.warn(
                    "The key, calls and results can be read on their way to {}: it is plain HTTP; put a proxy with HTTPS in front",
                    address.getHostString());
        }
        return new McpHttpServer(http, threads, server);
    }

    /** What clients may call this machine if others do not reach it: a page of another host could have a name for it. */
    private static Set<String> hosts(InetSocketAddress address, InetAddress host) {
        if (!host.isLoopbackAddress()) {
            return Set.of();
        }
        Set<String> hosts = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
        hosts.add(literal(host));
        hosts.add(address.getHostString().toLowerCase(Locale.ROOT));
        return hosts;
    }

    private static String literal(InetAddress host) {
        String address = host.getHostAddress();
        return address.contains(":") ? "[" + address + "]" : address;
    }

    private static ExecutorService threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return Executors.newFixedThreadPool(MOST_THREADS, task -> {
            Thread thread = new Thread(task, "tokapu-mcp-" + name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** {@return where clients find it} */
    public URI uri() {
        InetSocketAddress address = http.getAddress();
        return URI.create("http://" + literal(address.getAddress()) + ":" + address.getPort() + HttpTransport.PATH);
    }

    /**
     * Waits until it is closed.
     *
     * @throws InterruptedException if it is interrupted
     */
    public void awaitEnd() throws InterruptedException {
        end.await();
    }

    /** Ends all connections; calls that are running are not waited for. Idempotent. */
    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
        server.close();
        end.countDown();
    }
}
