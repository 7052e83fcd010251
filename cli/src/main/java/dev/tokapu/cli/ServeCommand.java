package dev.tokapu.cli;

import dev.tokapu.server.Server;
import dev.tokapu.server.ServerOptions;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.problem.ProblemException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves models over HTTP. */
@Command(
        name = "serve",
        abbreviateSynopsis = true,
        description = {
            "Serves models over HTTP, to clients of OpenAI's, Anthropic's and Ollama's APIs.",
            "It listens at 127.0.0.1 alone; another --host needs API keys. Ctrl-C stops it when the answers that it has begun are complete."
        })
final class ServeCommand implements Callable<Integer> {

    private static final long CLOSING_SECONDS = 10;

    private final Console console;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private DeviceArgs devices = new DeviceArgs();

    @Mixin
    private ContextArgs contexts = new ContextArgs();

    @Mixin
    private DraftArgs drafts = new DraftArgs();

    @Mixin
    private ServeArgs serve = new ServeArgs();

    @Option(
            names = "--probe",
            description =
                    "Only ask the server of these options, on this machine, whether it is live; exit with 0 if it is.")
    private boolean probe;

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        serve.apply();
        if (probe) {
            return new ServeProbe(serve).run();
        }
        models.start();
        Interrupt interrupt = new Interrupt();
        LoadBar bar = new LoadBar(console, models.quiet(), "Loading " + models.name(), interrupt);
        ServeModels source = new ServeModels(models, devices, contexts, drafts, serve, bar);
        if (serve.check) {
            return new ServeCheck(console, serve, source).run();
        }
        Duration drain = serve.drain();
        models.fetch(console);
        drafts.fetch(console, models);
        ApiKeys read = serve.keys();
        ReloadedKeys keys = read == null ? null : new ReloadedKeys(read);
        CountDownLatch finished = new CountDownLatch(1);
        try (CallLog log = CallLog.of(console, serve);
                ServeTracing tracing = serve.tracing();
                ServedModels served = ServedModels.ofPresets(serve.pool(), source.presets())) {
            ServerOptions options = serve.options(keys, tracing == null ? log : log.andThen(tracing.observer()));
            if (serve.allowPull) {
                served.allowPulls(source::pulled);
            }
            try (Server server = bar.during(served.downloads()::close, () -> start(options, served, bar))) {
                serve(server, served, source, keys, options, () -> stop(server, drain, finished));
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

    private void serve(
            Server server,
            ServedModels served,
            ServeModels source,
            @Nullable ReloadedKeys keys,
            ServerOptions options,
            Runnable stop)
            throws InterruptedException {
        try (ServeReload reload = ServeReload.start(serve, source, served, keys)) {
            Runtime.getRuntime().addShutdownHook(new Thread(stop, "tokapu-drain"));
            new ServeGreeting(console, serve, options).show(server.port(), served.all(), models.quiet());
            server.awaitClose();
        }
    }

    /** Starts the server beside the load, so that early requests wait for their model, and waits for what is to stay. */
    private static Server start(ServerOptions options, ServedModels served, LoadBar bar) {
        CompletableFuture<Void> loaded = served.loadPinned();
        Server server;
        try {
            server = Server.start(options, served);
        } catch (Throwable e) {
            bar.giveUp(); // what is loaded is of no use
            served.close();
            throw e;
        }
        try {
            loaded.join();
            return server;
        } catch (CompletionException e) {
            server.close();
            Throwable cause = e;
            while ((cause instanceof CompletionException || cause instanceof ProblemException)
                    && cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw cause instanceof RuntimeException known ? known : e;
        }
    }

    /** When the JVM is about to stop: answers come to their end, and then the engine does. */
    @SuppressWarnings("CheckReturnValue") // nothing is left to do in either case
    private void stop(Server server, Duration drain, CountDownLatch finished) {
        if (!models.quiet()) {
            console.note("Stopping; answers have " + drain.toSeconds() + " s to come to their end.");
        }
        server.drain(drain);
        try {
            finished.await(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
