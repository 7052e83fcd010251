package dev.tokapu.server;

import dev.tokapu.server.api.CallObserver;
import dev.tokapu.server.api.Cors;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.batches.BatchLimits;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.files.FileLimits;
import dev.tokapu.server.responses.StoreLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Server}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ServerOptions {

    private static final int MOST_PORT = 65535;
    private static final ServerOptions DEFAULTS = builder().build();

    private final List<String> hosts;
    private final int port;
    private final @Nullable Callers callers;
    private final @Nullable Path tlsCertificate;
    private final @Nullable Path tlsKey;
    private final Cors cors;
    private final CallObserver callObserver;
    private final int maxBodyBytes;
    private final int maxConnections;
    private final int workerThreads;
    private final int waitingCalls;
    private final Duration readTimeout;
    private final Duration writeTimeout;
    private final Duration keepAlive;
    private final int streamInterval;
    private final StoreLimits storedResponses;
    private final boolean page;
    private final @Nullable Path files;
    private final FileLimits fileLimits;
    private final BatchLimits batchLimits;

    private ServerOptions(Builder builder) {
        hosts = List.copyOf(builder.hosts);
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("there is no host to listen at; give at least one");
        }
        port = between("port", builder.port, 0, MOST_PORT);
        callers = builder.callers;
        tlsCertificate = builder.tlsCertificate;
        tlsKey = builder.tlsKey;
        cors = new Cors(builder.corsOrigins);
        callObserver = Objects.requireNonNull(builder.callObserver, "callObserver");
        maxBodyBytes = between("maxBodyBytes", builder.maxBodyBytes, 1, Integer.MAX_VALUE);
        maxConnections = between("maxConnections", builder.maxConnections, 1, Integer.MAX_VALUE);
        workerThreads = between("workerThreads", builder.workerThreads, 0, 1024);
        waitingCalls = between("waitingCalls", builder.waitingCalls, 1, Integer.MAX_VALUE);
        readTimeout = positive("readTimeout", builder.readTimeout);
        writeTimeout = positive("writeTimeout", builder.writeTimeout);
        keepAlive = positive("keepAlive", builder.keepAlive);
        streamInterval = between("streamInterval", builder.streamInterval, 1, Integer.MAX_VALUE);
        storedResponses = Objects.requireNonNull(builder.storedResponses, "storedResponses");
        page = builder.page;
        files = builder.files;
        fileLimits = Objects.requireNonNull(builder.fileLimits, "fileLimits");
        batchLimits = Objects.requireNonNull(builder.batchLimits, "batchLimits");
    }

    private static int between(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be from " + min + " to " + max);
        }
        return value;
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be longer than nothing");
        }
        return value;
    }

    /** {@return the defaults: port 8080 of this machine alone, without keys} */
    public static ServerOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        Builder builder = new Builder()
                .hosts(hosts)
                .port(port)
                .callers(callers)
                .corsOrigins(cors.origins())
                .callObserver(callObserver)
                .maxBodyBytes(maxBodyBytes)
                .maxConnections(maxConnections)
                .workerThreads(workerThreads)
                .waitingCalls(waitingCalls)
                .readTimeout(readTimeout)
                .writeTimeout(writeTimeout)
                .keepAlive(keepAlive)
                .streamInterval(streamInterval)
                .storedResponses(storedResponses)
                .page(page)
                .files(files)
                .fileLimits(fileLimits)
                .batchLimits(batchLimits);
        builder.tlsCertificate = tlsCertificate;
        builder.tlsKey = tlsKey;
        return builder;
    }

    /** {@return the names or addresses to listen at, at least one} */
    public List<String> hosts() {
        return hosts;
    }

    /** {@return the port; 0 for any that is free} */
    public int port() {
        return port;
    }

    /** {@return what tells who calls; null for every program of this machine} */
    public @Nullable Callers callers() {
        return callers;
    }

    /** {@return the file with the certificate of the server; null for plain HTTP} */
    public @Nullable Path tlsCertificate() {
        return tlsCertificate;
    }

    /** {@return the file with the private key of the certificate; null for plain HTTP} */
    public @Nullable Path tlsKey() {
        return tlsKey;
    }

    /** {@return pages of which other origins may call from a browser, as {@code https://app.example}; none unless set} */
    public Set<String> corsOrigins() {
        return cors.origins();
    }

    /** {@return what is shown calls; the logger {@code dev.tokapu.server.access} at their end unless set} */
    public CallObserver callObserver() {
        return callObserver;
    }

    Cors cors() {
        return cors;
    }

    /** {@return the longest body in bytes} */
    public int maxBodyBytes() {
        return maxBodyBytes;
    }

    /** {@return the most connections; further ones are closed at once} */
    public int maxConnections() {
        return maxConnections;
    }

    /** {@return the threads that prepare calls, and as many that write answers; 0 for as many as there are cores, 2 to 16} */
    public int workerThreads() {
        return workerThreads;
    }

    /** {@return how many calls may wait to be prepared} */
    public int waitingCalls() {
        return waitingCalls;
    }

    /** {@return how long a request may take to arrive, and a connection may lie idle} */
    public Duration readTimeout() {
        return readTimeout;
    }

    /** {@return how long a client may take nothing of an answer that waits for it} */
    public Duration writeTimeout() {
        return writeTimeout;
    }

    /** {@return how long a stream of events is silent at most} */
    public Duration keepAlive() {
        return keepAlive;
    }

    /** {@return the tokens of an event of a streamed answer, but for the first and the last one} */
    public int streamInterval() {
        return streamInterval;
    }

    /** {@return how many responses are kept for requests that build on them} */
    public StoreLimits storedResponses() {
        return storedResponses;
    }

    /** {@return whether browsers get a page at /} */
    public boolean page() {
        return page;
    }

    /** {@return the folder of files and batches; null for none} */
    public @Nullable Path files() {
        return files;
    }

    /** {@return how much is kept of files} */
    public FileLimits fileLimits() {
        return fileLimits;
    }

    /** {@return how much is done of batches, and how much of it at a time} */
    public BatchLimits batchLimits() {
        return batchLimits;
    }

    @Override
    public String toString() {
        return "ServerOptions[" + String.join(",", hosts) + ':' + port + (callers == null ? "" : ", with keys")
                + (tlsCertificate == null ? "" : ", TLS") + ", maxBodyBytes="
                + maxBodyBytes + ", maxConnections=" + maxConnections + ", workerThreads=" + workerThreads
                + ", waitingCalls=" + waitingCalls + ", readTimeout=" + readTimeout + ", writeTimeout=" + writeTimeout
                + ", keepAlive=" + keepAlive + ", streamInterval=" + streamInterval + ", storedResponses="
                + storedResponses + ", page=" + page
                + (files == null ? "" : ", files=" + files + ", " + fileLimits + ", " + batchLimits) + "]";
    }

    /**
     * Builds {@link ServerOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private List<String> hosts = List.of("127.0.0.1");
        private int port = 8080;
        private @Nullable Callers callers;
        private @Nullable Path tlsCertificate;
        private @Nullable Path tlsKey;
        private int maxBodyBytes = 32 << 20;
        private int maxConnections = 10_000;
        private int workerThreads;
        private int waitingCalls = 1024;
        private Set<String> corsOrigins = Set.of();
        private CallObserver callObserver = Service::access;
        private Duration readTimeout = Duration.ofSeconds(60);
        private Duration writeTimeout = Duration.ofSeconds(60);
        private Duration keepAlive = Duration.ofSeconds(15);
        private int streamInterval = 1;
        private StoreLimits storedResponses = StoreLimits.defaults();
        private boolean page = true;
        private @Nullable Path files;
        private FileLimits fileLimits = FileLimits.defaults();
        private BatchLimits batchLimits = BatchLimits.defaults();

        private Builder() {}

        /** The name or address to listen at; default 127.0.0.1. Others than those of this machine alone need {@link #callers}. */
        public Builder host(String value) {
            return hosts(List.of(value));
        }

        /** The names or addresses to listen at, all at the same port. */
        public Builder hosts(List<String> value) {
            hosts = List.copyOf(value);
            return this;
        }

        /** The port; default 8080, 0 for any that is free. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** What tells who calls; default null, for every program of this machine. */
        public Builder callers(@Nullable Callers value) {
            callers = value;
            return this;
        }

        /**
         * HTTPS instead of plain HTTP. Files that change are read again while the server runs.
         *
         * @param certificate a PEM file with the certificate of the server, and those between it and a known authority
         * @param key a PEM file with its private key, which no password protects
         */
        public Builder tls(Path certificate, Path key) {
            tlsCertificate = Objects.requireNonNull(certificate, "certificate");
            tlsKey = Objects.requireNonNull(key, "key");
            return this;
        }

        /** The longest body in bytes; default 32 MiB. */
        public Builder maxBodyBytes(int value) {
            maxBodyBytes = value;
            return this;
        }

        /** The most connections; default 10,000. */
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /** The threads that prepare calls, and as many that write answers; default 0, as many as there are cores, 2 to 16. */
        public Builder workerThreads(int value) {
            workerThreads = value;
            return this;
        }

        /** Pages of which other origins may call from a browser, exactly as it sends them: {@code https://app.example}; default none. */
        public Builder corsOrigins(Set<String> value) {
            corsOrigins = value;
            return this;
        }

        /** Is shown calls; default the logger {@code dev.tokapu.server.access} at their end. */
        public Builder callObserver(CallObserver value) {
            callObserver = value;
            return this;
        }

        /** How many calls may wait to be prepared; default 1024. */
        public Builder waitingCalls(int value) {
            waitingCalls = value;
            return this;
        }

        /** How long a request may take to arrive, and a connection may lie idle; default a minute. */
        public Builder readTimeout(Duration value) {
            readTimeout = value;
            return this;
        }

        /** How long a client may take nothing of an answer that waits for it, before it is cut off; default a minute. */
        public Builder writeTimeout(Duration value) {
            writeTimeout = value;
            return this;
        }

        /** How long a stream of events is silent at most; default 15 seconds. */
        public Builder keepAlive(Duration value) {
            keepAlive = value;
            return this;
        }

        /**
         * The tokens of an event of a streamed answer; default 1. The first token has an event of its own, so that nobody waits for it; while an answer waits for its place, up to {@code value - 1} tokens wait with it. Each event
         * costs the server, the client and, where both share the processors with the model, the model's threads time.
         */
        public Builder streamInterval(int value) {
            streamInterval = value;
            return this;
        }

        /** How many responses are kept in memory for requests that build on them; default {@link StoreLimits#defaults()}. */
        public Builder storedResponses(StoreLimits value) {
            storedResponses = value;
            return this;
        }

        /** Whether browsers get a page at /, to chat and to see the engines live; default true. */
        public Builder page(boolean value) {
            page = value;
            return this;
        }

        /**
         * The folder of files and batches, of this server alone, which is made where there is none; default null: /v1/files and /v1/batches
         * are refused.
         */
        public Builder files(@Nullable Path value) {
            files = value;
            return this;
        }

        /** How much is kept of files; default {@link FileLimits#defaults()}. */
        public Builder fileLimits(FileLimits value) {
            fileLimits = value;
            return this;
        }

        /** How much is done of batches, and how much of it at a time; default {@link BatchLimits#defaults()}. */
        public Builder batchLimits(BatchLimits value) {
            batchLimits = value;
            return this;
        }

        /** {@return the options} */
        public ServerOptions build() {
            return new ServerOptions(this);
        }
    }
}
