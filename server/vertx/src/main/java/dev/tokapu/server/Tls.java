package dev.tokapu.server;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a server and its key, read again when their files change.
 *
 * <p>Thread safety: one thread at a time; after the start that is the worker of Vert.x.
 */
final class Tls {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final long LOOK_MILLIS = 2000;

    private final Path certificate;
    private final Path key;
    private final long handshakeMillis;
    private final KeyPair first;
    private List<String> seen; // of the files, when they were read last

    private Tls(Path certificate, Path key, long handshakeMillis) {
        this.certificate = certificate;
        this.key = key;
        this.handshakeMillis = handshakeMillis;
        this.seen = look();
        try {
            this.first = KeyPair.read(certificate, key);
        } catch (IOException e) {
            throw new IllegalArgumentException("TLS cannot start: " + message(e), e);
        }
    }

    /** Of the files that the options name; null when they name none. */
    static @Nullable Tls of(ServerOptions options) {
        Path certificate = options.tlsCertificate();
        if (certificate == null) {
            return null;
        }
        Path key = Objects.requireNonNull(options.tlsKey(), "key");
        return new Tls(certificate, key, Math.max(1, options.readTimeout().toMillis()));
    }

    void applyTo(HttpServerOptions options) {
        options.setSsl(true)
                .setKeyCertOptions(first.options())
                .setUseAlpn(false) // HTTP/1.1, as without TLS
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setSslHandshakeTimeout(handshakeMillis);
    }

    /** From now on, connections that are opened have what the files say then. */
    void watch(Vertx vertx, Listening http) {
        vertx.setPeriodic(
                LOOK_MILLIS,
                timer -> vertx.executeBlocking(() -> {
                    readIfChanged(http);
                    return null;
                }));
    }

    private void readIfChanged(Listening http) {
        List<String> now = look();
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            ServerSSLOptions options = new ServerSSLOptions();
            options.setKeyCertOptions(KeyPair.read(certificate, key).options())
                    .setUseAlpn(false)
                    .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                    .setSslHandshakeTimeout(handshakeMillis);
            http.updateTls(options)
                    .onSuccess(updated -> LOG.info("The certificate was read again from {}", certificate))
                    .onFailure(failure -> LOG.warn("The old certificate is kept: {}", failure.toString()));
        } catch (IOException e) {
            LOG.warn("The old certificate is kept: {}", message(e));
        }
    }

    private List<String> look() {
        return List.of(look(certificate), look(key));
    }

    private static String look(Path file) {
        try {
            BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
            return is.lastModifiedTime() + " " + is.size() + ' ' + is.fileKey();
        } catch (IOException e) {
            return "none";
        }
    }

    private static String message(IOException e) {
        return e instanceof NoSuchFileException ? "there is no file " + e.getMessage() : String.valueOf(e.getMessage());
    }
}
