package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.Server;
import dev.tokapu.server.ServerOptions;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.model.ServedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves a model over HTTP. */
@Command(
        name = "serve",
        abbreviateSynopsis = true,
        description = {
            "Serves a model over HTTP, to clients of OpenAI's API.",
            "It listens at 127.0.0.1 alone; another --host needs API keys. Ctrl-C stops it when the answers that it has begun are complete."
        })
final class ServeCommand implements Callable<Integer> {

    private static final String KEY = "TOKAPU_API_KEY";
    private static final String SUFFIX = ".gguf";
    private static final long CLOSING_SECONDS = 10;

    private final Console console;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private DeviceArgs devices = new DeviceArgs();

    @Mixin
    private ContextArgs contexts = new ContextArgs();

    @Mixin
    private ServeArgs serve = new ServeArgs();

    ServeCommand(Console console) {
        this.console = console;
    }

    /** Options of the server itself. */
    static final class ServeArgs {

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        @SuppressWarnings("UnusedVariable") // picocli reads it
        private boolean help;

        @Option(names = "--host", paramLabel = "HOST", description = "Where to listen. Default: 127.0.0.1.")
        private String host = ServerOptions.defaults().host();

        @Option(names = "--port", paramLabel = "N", description = "At which port; 0 for any. Default: 8080.")
        private int port = ServerOptions.defaults().port();

        @Option(
                names = "--api-key-file",
                paramLabel = "FILE",
                description = "API keys, one a line; docs/server.md has what may follow a key. Default: the key in "
                        + KEY + ", if it is set.")
        private @Nullable Path keyFile;

        @Option(
                names = "--tls-cert",
                paramLabel = "FILE",
                description =
                        "HTTPS instead of plain HTTP: the certificate, and those between it and a known authority,"
                                + " as PEM.")
        private @Nullable Path certificate;

        @Option(
                names = "--tls-key",
                paramLabel = "FILE",
                description = "The private key of the certificate, as PEM. Files that change are read again.")
        private @Nullable Path key;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                description = "What clients name the model. Default: as its file.")
        private @Nullable String name;

        @Option(
                names = "--alias",
                paramLabel = "NAME[,NAME]",
                split = ",",
                description = "Further names for the model.")
        private List<String> aliases = List.of();

        @Option(
                names = "--parallel",
                paramLabel = "N",
                description = "Answers that are generated at the same time at most. Default: 8.")
        private int parallel = EngineOptions.defaults().maxSequences();

        @Option(
                names = "--embeddings",
                description = "Serve embeddings of texts instead of answers, for models that are made for it.")
        private boolean embeddings;

        @Option(
                names = "--pooling",
                paramLabel = "KIND",
                description =
                        "With --embeddings, what is made of the vectors of a text's tokens: MEAN, CLS, LAST or RANK. Default: what the"
                                + " model says.")
        private @Nullable Pooling pooling;

        @Option(
                names = "--drain",
                paramLabel = "SECONDS",
                description = "How long answers may go on after ctrl-C. Default: 30.")
        private int drain = 30;

        @Option(names = "--no-page", description = "Leave out the page for browsers.")
        private boolean noPage;

        @Option(names = "--access-log", description = "A line on stderr for each request, without what it says.")
        private boolean accessLog;

        @Option(names = "--verbose", description = "Show the log of llama.cpp, and the stack trace of an error.")
        private boolean verbose;

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
            return key == null || key.isBlank() ? null : ApiKeys.of(key);
        }

        ServerOptions options() {
            ServerOptions.Builder options = ServerOptions.builder()
                    .host(host)
                    .port(port)
                    .callers(keys())
                    .page(!noPage);
            if (certificate != null && key != null) {
                options.tls(certificate, key);
            } else if (certificate != null || key != null) {
                throw new CliException(ExitCode.USAGE, "--tls-cert and --tls-key belong together; give both");
            }
            return options.build();
        }

        String name(String file) {
            if (name != null) {
                return name;
            }
            return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
        }
    }

    @Override
    public Integer call() {
        serve.apply();
        ServerOptions options = serve.options();
        models.start();
        CountDownLatch finished = new CountDownLatch(1);
        try (Model model = models.load(console, devices.options().toBuilder(), new Interrupt());
                Engine engine = Engine.start(model, engineOptions(model))) {
            ServedModel served = new ServedModel(serve.name(models.name()), serve.aliases, engine);
            try (Server server = Server.start(options, List.of(served))) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, finished), "tokapu-drain"));
                greet(server, served, options);
                server.awaitClose();
            }
        } catch (UncheckedIOException e) {
            throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()) + "; choose another --port");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            finished.countDown();
        }
        return ExitCode.OK;
    }

    private EngineOptions engineOptions(Model model) {
        ContextOptions.Builder context = contexts.options().toBuilder().embeddings(serve.embeddings);
        if (serve.pooling != null) {
            context.pooling(serve.pooling);
        }
        return EngineOptions.builder()
                .context(context.build())
                .maxSequences(ContextArgs.atLeastOne("--parallel", serve.parallel))
                .sequenceContextSize(contexts.sequenceSize(model))
                .build();
    }

    /** When the JVM is about to stop: answers come to their end, and then the engine does. */
    @SuppressWarnings("CheckReturnValue") // nothing is left to do in either case
    private void stop(Server server, CountDownLatch finished) {
        if (!models.quiet()) {
            console.note("Stopping; answers have " + serve.drain + " s to come to their end.");
        }
        server.drain(Duration.ofSeconds(Math.max(1, serve.drain)));
        try {
            finished.await(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void greet(Server server, ServedModel model, ServerOptions options) {
        String host = options.host().contains(":") ? '[' + options.host() + ']' : options.host();
        Path certificate = options.tlsCertificate();
        String url = (certificate == null ? "http://" : "https://") + host + ':' + server.port();
        boolean keys = options.callers() != null;
        console.println("Serving " + model.name() + " at " + url + " (" + serve.parallel
                + (serve.embeddings ? " texts" : " answers") + " at a time, "
                + model.engine().sequenceContextSize() + " tokens each; "
                + (keys ? "with API keys" : "without keys, to this machine alone") + "; ctrl-C stops it)");
        if (models.quiet()) {
            return;
        }
        if (options.page()) {
            console.println("Open " + url + " in a browser to chat, and to see the engine live.");
        }
        console.println("Try:");
        String trust = certificate == null ? "" : "--cacert '" + certificate.toAbsolutePath() + "' ";
        console.println("  curl " + trust + url + (serve.embeddings ? "/v1/embeddings " : "/v1/chat/completions ")
                + (keys ? "-H \"Authorization: Bearer $KEY\" " : "") + "-H 'Content-Type: application/json' \\");
        if (serve.embeddings) {
            console.println("    -d '{\"input\":\"Why is the sky blue?\"}'");
            return;
        }
        console.println("    -d '{\"messages\":[{\"role\":\"user\",\"content\":\"Why is the sky blue?\"}]}'");
        console.println("or, with Python's package openai:");
        console.println("  from openai import OpenAI");
        console.println("  client = OpenAI(base_url=\"" + url + "/v1\", api_key=\"" + (keys ? "KEY" : "none") + "\")");
        console.println("  question = [{\"role\": \"user\", \"content\": \"Why is the sky blue?\"}]");
        console.println("  answer = client.chat.completions.create(model=\"" + model.name() + "\", messages=question)");
        console.println("  print(answer.choices[0].message.content)");
    }
}
