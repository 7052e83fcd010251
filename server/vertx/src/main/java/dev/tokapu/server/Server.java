package dev.tokapu.server;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.api.RecentCalls;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.api.Workers;
import dev.tokapu.server.batches.Batches;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.http.HttpHandler;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.page.PageHandler;
import dev.tokapu.server.streams.StreamsApi;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves engines over HTTP: OpenAI's API, Anthropic's, Ollama's, what llama-server has beside them, and a page for browsers.
 *
 * <pre>{@code
 * try (Model model = Model.load(file);
 *         Engine engine = Engine.start(model);
 *         Server server = Server.start(ServerOptions.defaults(), List.of(new ServedModel("my-model", List.of(), engine)))) {
 *     server.awaitClose();
 * }
 * }</pre>
 *
 * <p>Close it before its engines. {@link #drain} lets answers come to their end.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Server implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private static final int MOST_WORKERS = 16;
    private static final int MAX_HEADER_BYTES = 16 << 10;
    private static final int MAX_LINE_BYTES = 8 << 10;
    private static final int SEND_BUFFER_BYTES = 256 << 10; // or the system keeps megabytes for each slow client
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Listening http;
    private final Service service;
    private final Connections connections;
    private final @Nullable Batches batches;
    private final Closings closings;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    private Server(
            Listening http, Service service, Connections connections, @Nullable Batches batches, Closings closings) {
        this.http = http;
        this.service = service;
        this.connections = connections;
        this.batches = batches;
        this.closings = closings;
    }

    /**
     * Starts a server of engines that are there.
     *
     * @param options how
     * @param models the models; their engines stay the caller's to close
     * @return the server, which listens
     * @throws IllegalArgumentException when others than this machine could call it without keys, there is no model, or the certificate, its
     *     key or the folder of files cannot be used
     * @throws UncheckedIOException when it cannot listen there
     */
    public static Server start(ServerOptions options, List<ServedModel> models) {
        return start(options, ServedModels.of(models), true);
    }

    /**
     * Starts a server of models that are loaded when they are asked for.
     *
     * @param options how
     * @param models the models, which stay the caller's to close, after the server
     * @return the server, which listens
     * @throws IllegalArgumentException when others than this machine could call it without keys, there is no model, or the certificate, its
     *     key or the folder of files cannot be used
     * @throws UncheckedIOException when it cannot listen there
     */
    public static Server start(ServerOptions options, ServedModels models) {
        return start(options, models, false);
    }

    /**
     * Tells what {@link #start} would refuse of the options.
     *
     * @param options how
     * @throws IllegalArgumentException when others than this machine could call it without keys, or the certificate, its key or the folder of
     *     files cannot be used
     */
    public static void check(ServerOptions options) {
        Listening.addresses(options);
        Tls.of(options);
        Path files = options.files();
        if (files != null) {
            DataFolder.check(files);
        }
    }

    private static Server start(ServerOptions options, ServedModels models, boolean ownsModels) {
        if (models.all().isEmpty()) {
            throw new IllegalArgumentException("there is no model to serve; give at least one");
        }
        Set<InetAddress> addresses = Listening.addresses(options);
        Tls tls = Tls.of(options);
        int cores = Runtime.getRuntime().availableProcessors();
        int threads =
                options.workerThreads() == 0 ? Math.max(2, Math.min(MOST_WORKERS, cores)) : options.workerThreads();
        Workers workers = new Workers(threads, options.waitingCalls());
        Service service = new Service(
                models,
                workers,
                options.keepAlive(),
                options.writeTimeout(),
                options.streamInterval(),
                options.cors(),
                options.callObserver());
        Closings closings = new Closings();
        if (ownsModels) {
            closings.add(models::close);
        }
        closings.add(workers::close);
        try {
            return start(options, addresses, tls, service, closings);
        } catch (RuntimeException | Error e) {
            closings.run();
            throw e;
        }
    }

    private static Server start(
            ServerOptions options, Set<InetAddress> addresses, @Nullable Tls tls, Service service, Closings closings) {
        Batches batches = batches(options, service);
        if (batches != null) {
            closings.add(batches::close); // when no file comes any more
        }
        CuttingTransport transport = new CuttingTransport(options.maxConnections());
        Vertx vertx = transport.vertx();
        closings.add(() -> awaitClosed(vertx.close()));
        Connections connections = new Connections(vertx, transport, options);
        MetricsApi metrics = new MetricsApi(service, connections, batches);
        closings.add(metrics::close);
        RecentCalls calls = new RecentCalls();
        StreamsApi streams = new StreamsApi(service);
        closings.add(streams::close);
        List<Api> apis = ServerApis.of(service, options, connections, calls, metrics, streams, batches);
        Callers callers = options.callers() == null ? Callers.local() : options.callers();
        Dispatcher dispatcher = new Dispatcher(service, callers, apis, calls, streams::keep);
        HttpHandler handler = options.page() ? new PageHandler(dispatcher) : dispatcher;
        RequestReader reader = new RequestReader(vertx, handler, options, connections);
        HttpServerOptions httpOptions = httpOptions(tls);
        Listening http = Listening.prepare(
                addresses.size(),
                () -> vertx.createHttpServer(httpOptions)
                        .connectionHandler(connections::opened)
                        .requestHandler(reader));
        closings.add(() -> awaitClosed(http.close())); // before the event loop, which tells of it
        closings.add(connections::cutAll);
        if (batches != null) {
            batches.start(dispatcher, callers);
        }
        http.begin(addresses, options.port());
        if (tls == null && !addresses.stream().allMatch(InetAddress::isLoopbackAddress)) {
            LOG.warn(
                    "Keys, prompts and answers can be read on their way to {}: it is plain HTTP; set a certificate, unless a proxy"
                            + " with HTTPS is in front",
                    String.join(", ", options.hosts()));
        }
        if (tls != null) {
            tls.watch(vertx, http);
        }
        return new Server(http, service, connections, batches, closings);
    }

    private static @Nullable Batches batches(ServerOptions options, Service service) {
        Path folder = options.files();
        return folder == null ? null : Batches.open(folder, options.fileLimits(), options.batchLimits(), service);
    }

    private static HttpServerOptions httpOptions(@Nullable Tls tls) {
        HttpServerOptions options = new HttpServerOptions()
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setSendBufferSize(SEND_BUFFER_BYTES)
                .setHttp2ClearTextEnabled(false) // or connections that say nothing would not be seen
                .setHandle100ContinueAutomatically(true);
        if (tls != null) {
            tls.applyTo(options);
        }
        return options;
    }

    /** {@return the port that it listens at, which is the same at all addresses} */
    public int port() {
        return http.port();
    }

    /** {@return how many connections are open} */
    public int connections() {
        return connections.count();
    }

    /**
     * Takes no more requests, lets the answers that it has begun come to their end, and closes it. Batches go on after the next start.
     *
     * @param most how long that may take; what is left then is cancelled
     * @return whether all came to their end
     */
    public boolean drain(Duration most) {
        connections.drain();
        long end = System.nanoTime() + most.toNanos();
        if (batches != null) {
            batches.pause();
        }
        boolean all = true;
        try {
            Listening.await(http.shutdown(most), most.plus(CLOSING));
            all = connections.unfinished() == 0;
        } catch (CompletionException | TimeoutException e) {
            LOG.warn("Draining the server failed: {}", e.toString());
            all = false;
        }
        if (batches != null) { // what it has not answered is asked again after the next start
            boolean unused = batches.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
        close();
        return all;
    }

    /** Waits until it is closed. */
    public void awaitClose() throws InterruptedException {
        closed.await();
    }

    /** Closes all connections, which cancels what is generated for them. Idempotent. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        closings.run();
        closed.countDown();
    }

    private static void awaitClosed(Future<?> closing) {
        try {
            Listening.await(closing, CLOSING);
        } catch (CompletionException | TimeoutException e) {
            LOG.warn("Closing the server failed: {}", e.toString());
        }
    }

    @Override
    public String toString() {
        return "Server at port " + port() + " of " + service.models();
    }
}
