package dev.tokapu.server;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Where a server listens: one server of Vert.x for each address, all at one port. */
final class Listening {

    private final List<HttpServer> servers;

    private Listening(List<HttpServer> servers) {
        this.servers = servers;
    }

    /** The addresses of the hosts; refused where others could call without keys. */
    static Set<InetAddress> addresses(ServerOptions options) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        for (String host : options.hosts()) {
            InetAddress address;
            try {
                address = InetAddress.getByName(host);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("the host '" + host + "' is not known", e);
            }
            if (!address.isLoopbackAddress() && options.callers() == null) {
                throw new IllegalArgumentException("at " + host
                        + " other machines could call, and there are no keys; set keys, or listen at 127.0.0.1");
            }
            addresses.add(address);
        }
        return addresses;
    }

    /** Servers that do not listen yet; {@code made} sets what they do. */
    static Listening prepare(int count, Supplier<HttpServer> made) {
        return new Listening(Stream.generate(made).limit(count).toList());
    }

    /** Begins to listen; where any port will do, the others take that of the first. */
    void begin(Set<InetAddress> addresses, int port) {
        Iterator<HttpServer> next = servers.iterator();
        int at = port;
        for (InetAddress address : addresses) {
            begin(next.next(), address, at);
            at = port();
        }
    }

    private static void begin(HttpServer http, InetAddress address, int port) {
        try {
            await(http.listen(port, address.getHostAddress()), Duration.ofMinutes(1));
        } catch (CompletionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UncheckedIOException(
                    "cannot listen at " + address.getHostAddress() + ':' + port + ": " + cause.getMessage(),
                    cause instanceof IOException io ? io : new IOException(cause));
        }
    }

    int port() {
        return servers.get(0).actualPort();
    }

    /** Takes no more connections, and lets requests come to their end. */
    Future<?> shutdown(Duration most) {
        return Future.join(servers.stream().map(http -> http.shutdown(most)).toList());
    }

    Future<?> close() {
        return Future.join(servers.stream().map(HttpServer::close).toList());
    }

    /** New connections have these options. */
    Future<?> updateTls(ServerSSLOptions options) {
        return Future.join(
                servers.stream().map(http -> http.updateSSLOptions(options)).toList());
    }

    /** Waits, through interrupts, which stay. */
    static void await(Future<?> future, Duration most) throws TimeoutException {
        long end = System.nanoTime() + most.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    future.toCompletionStage().toCompletableFuture().get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new CompletionException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
