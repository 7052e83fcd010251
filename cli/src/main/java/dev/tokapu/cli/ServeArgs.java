package dev.tokapu.cli;

import dev.tokapu.Pooling;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.ServerOptions;
import dev.tokapu.server.api.CallObserver;
import dev.tokapu.server.batches.BatchLimits;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.files.FileLimits;
import dev.tokapu.server.pool.PoolOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the server itself. */
final class ServeArgs {

    private static final int TEXTS_OF_A_STEP = 64;
    private static final String KEY = "TOKAPU_API_KEY";
    private static final int GIB_BITS = 30;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    boolean help;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Values of these options and presets of models, as JSON; docs/server.md says how. What is given here comes first, then"
                            + " the environment (TOKAPU_PORT for --port), then this file.")
    @Nullable
    Path config;

    @Option(names = "--check", description = "Only tell what is wrong with options, keys, certificate and models.")
    boolean check;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description =
                    "Serve the GGUF files of this folder, each by the name of its file, loaded when it is asked for.")
    @Nullable
    Path models;

    @Option(
            names = "--allow-pull",
            description =
                    "Let clients download models from hubs (POST /api/pull), which are served from then on. With a file of API"
                            + " keys, only keys with may-pull may.")
    boolean allowPull;

    @Option(
            names = "--max-loaded",
            paramLabel = "N",
            description = "Models that are loaded at the same time at most. Default: 4.")
    int maxLoaded = PoolOptions.defaults().maxLoaded();

    @Option(
            names = "--keep-alive",
            converter = KeepAliveConverter.class,
            paramLabel = "TIME",
            description = "How long a model stays after its last request: 90s, 10m, 1h, or -1 for no end. Default: 5m.")
    Duration keepAlive = PoolOptions.defaults().keepAlive();

    @Option(
            names = "--host",
            paramLabel = "HOST[,HOST]",
            split = ",",
            description = "Where to listen; may be given several times. Default: 127.0.0.1.")
    List<String> hosts = ServerOptions.defaults().hosts();

    @Option(names = "--port", paramLabel = "N", description = "At which port; 0 for any. Default: 8080.")
    int port = ServerOptions.defaults().port();

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "API keys, one a line; docs/server.md has what may follow a key. Default: the key in " + KEY
                    + ", if it is set.")
    @Nullable
    Path keyFile;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "HTTPS instead of plain HTTP: the certificate, and those between it and a known authority,"
                    + " as PEM.")
    @Nullable
    Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The key of the certificate, as PEM. Files that change are read again.")
    @Nullable
    Path key;

    @Option(names = "--name", paramLabel = "NAME", description = "What clients name the model. Default: as its file.")
    @Nullable
    String name;

    @Option(names = "--alias", paramLabel = "NAME[,NAME]", split = ",", description = "Further names for the model.")
    List<String> aliases = List.of();

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description =
                    "Answers that are generated at the same time at most, on all devices together. Default: 8 for each of --devices; with --embeddings 64 texts in a step.")
    @Nullable
    Integer parallel;

    @Option(
            names = "--devices",
            paramLabel = "all|NAME[,NAME]",
            description =
                    "Load the whole model on each of these devices, for example CUDA0,CUDA1, and share requests out; all: each GPU that"
                            + " works. Default: one model over --device.")
    @Nullable
    String devices;

    @Mixin
    final PrefixCacheArgs prefixCache = new PrefixCacheArgs();

    @Option(
            names = "--embeddings",
            description = "Serve embeddings of texts instead of answers, for models that are made for it.")
    boolean embeddings;

    @Option(
            names = "--pooling",
            paramLabel = "KIND",
            description =
                    "With --embeddings, what is made of the vectors of a text's tokens: MEAN, CLS, LAST, RANK or NONE. Default: what the"
                            + " model says.")
    @Nullable
    Pooling pooling;

    @Option(
            names = "--drain",
            paramLabel = "SECONDS",
            description = "How long answers may go on after ctrl-C. Default: 30.")
    int drain = 30;

    @Option(names = "--stream-interval", paramLabel = "N", description = "Tokens of each streamed event. Default: 1.")
    int streamInterval = ServerOptions.defaults().streamInterval();

    @Option(names = "--access-log", description = "A line on stderr for each request, without what it says.")
    boolean accessLog;

    @Option(names = "--no-page", description = "Leave out the page for browsers.")
    boolean noPage;

    @Option(
            names = "--access-log-format",
            paramLabel = "text|json",
            description = "How these lines are written; as JSON with model, tenant and tokens. Default: text.")
    String accessLogFormat = "text";

    @Option(
            names = "--audit-log",
            paramLabel = "FILE",
            description =
                    "Add a line of JSON to this file for each request that used a model: who, how many tokens, how long.")
    @Nullable
    Path auditLog;

    @Option(
            names = "--otlp-endpoint",
            paramLabel = "URL",
            description = "Send a trace of each request there, by OTLP over HTTP, for example http://localhost:4318."
                    + " Default: what OTEL_* in the environment say, else none.")
    @Nullable
    String otlpEndpoint;

    @Option(
            names = "--files",
            paramLabel = "DIR",
            description =
                    "Folder for files and batches of clients, used by one server at a time. Default: none, both are refused.")
    @Nullable
    Path files;

    @Option(
            names = "--files-size",
            paramLabel = "GIB",
            description = "How much all files may take, in GiB; the files of one tenant, a quarter of it. Default: 16.")
    int filesGib = (int) (FileLimits.defaults().bytes() >> GIB_BITS);

    @Option(
            names = "--batch-parallel",
            paramLabel = "N",
            description = "Requests of batches that are answered at the same time at most. Default: 4.")
    int batchParallel = BatchLimits.defaults().parallel();

    @Option(
            names = "--cors-origin",
            paramLabel = "ORIGIN[,ORIGIN]",
            split = ",",
            description =
                    "Pages of other hosts that may call from a browser, for example https://app.example. Default: none.")
    List<String> corsOrigins = List.of();

    @Option(names = "--verbose", description = "Show the log of llama.cpp, and the stack trace of an error.")
    boolean verbose;

    /** Must come before the first logger is asked for. */
    void apply() {
        if (verbose) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
            System.setProperty("org.slf4j.simpleLogger.log.llama.cpp", "info");
            System.setProperty(Failures.STACK_TRACE, "true");
        }
        System.setProperty("org.slf4j.simpleLogger.log.dev.tokapu.server.access", accessLog ? "info" : "warn");
    }

    @Nullable
    ApiKeys keys() {
        if (keyFile != null) {
            try {
                return ApiKeys.read(keyFile);
            } catch (IOException e) {
                throw new CliException(
                        ExitCode.USAGE, "--api-key-file " + keyFile + " cannot be read: " + e.getMessage());
            }
        }
        String key = System.getenv(KEY);
        try {
            return key == null || key.isBlank() ? null : ApiKeys.of(key);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, KEY + " cannot be used: " + e.getMessage());
        }
    }

    PoolOptions pool() {
        return new PoolOptions(ContextArgs.atLeastOne("--max-loaded", maxLoaded), keepAlive);
    }

    Duration drain() {
        return Duration.ofSeconds(ContextArgs.atLeastOne("--drain", drain));
    }

    ServerOptions options(@Nullable Callers callers, CallObserver observer) {
        ServerOptions.Builder options = ServerOptions.builder()
                .hosts(hosts)
                .port(port)
                .callers(callers)
                .corsOrigins(Set.copyOf(corsOrigins))
                .streamInterval(ContextArgs.atLeastOne("--stream-interval", streamInterval))
                .page(!noPage)
                .files(files)
                .fileLimits(FileLimits.ofBytes((long) ContextArgs.atLeastOne("--files-size", filesGib) << GIB_BITS))
                .batchLimits(
                        BatchLimits.defaults().withParallel(ContextArgs.atLeastOne("--batch-parallel", batchParallel)))
                .callObserver(observer);
        if (certificate != null && key != null) {
            options.tls(certificate, key);
        } else if (certificate != null || key != null) {
            throw new CliException(ExitCode.USAGE, "--tls-cert and --tls-key belong together; give both");
        }
        return options.build();
    }

    /** Null where no traces are wanted: then no class of OpenTelemetry is loaded. */
    @Nullable
    ServeTracing tracing() {
        return wantsTraces(otlpEndpoint, System.getenv()) ? ServeTracing.start(otlpEndpoint) : null;
    }

    static boolean wantsTraces(@Nullable String endpoint, Map<String, String> environment) {
        String exporter = environment.getOrDefault("OTEL_TRACES_EXPORTER", "");
        return !exporter.equals("none")
                && !environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")
                && Stream.of(
                                endpoint,
                                exporter,
                                environment.get("OTEL_EXPORTER_OTLP_ENDPOINT"),
                                environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
                        .anyMatch(value -> value != null && !value.isBlank());
    }

    /** Of all replicas together. */
    int parallel(int replicas) {
        int usual = embeddings ? TEXTS_OF_A_STEP : EngineOptions.defaults().maxSequences();
        return parallel == null ? usual * Math.max(1, replicas) : ContextArgs.atLeastOne("--parallel", parallel);
    }
}
