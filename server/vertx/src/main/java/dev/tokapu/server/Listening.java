package dev.tokapu.server;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where a server listens. */
final class Listening {

    private Listening() {}

    /** The address of the host; refused where others could call without keys. */
    static InetAddress address(ServerOptions options) {
        InetAddress address;
        try {
            address = InetAddress.getByName(options.host());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("the host '" + options.host() + "' is not known", e);
        }
        if (!address.isLoopbackAddress() && options.callers() == null) {
            throw new IllegalArgumentException("at " + options.host()
                    + " other machines could call, and there are no keys; set keys, or listen at 127.0.0.1");
        }
        return address;
    }

    /** Begins to listen. */
    static void begin(HttpServer http, InetAddress address, int port) {
        try {
            await(http.listen(port, address.getHostAddress()), Duration.ofMinutes(1));
        } catch (CompletionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UncheckedIOException(
                    "cannot listen at " + address.getHostAddress() + ':' + port + ": " + cause.getMessage(),
                    cause instanceof IOException io ? io : new IOException(cause));
        }
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
