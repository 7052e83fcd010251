package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Tokapu;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.mcp.McpHttpServer;
import dev.tokapu.mcp.McpToolServer;
import dev.tokapu.mcp.ModelTools;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.source.ModelSource;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.Tools;
import dev.tokapu.tool.ToolsBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Offers models as tools to a program that speaks MCP. */
@Command(
        name = "mcp",
        abbreviateSynopsis = true,
        description = {
            "Offers models as tools to programs that speak the Model Context Protocol, over standard input and output or HTTP:",
            "chat and tokenize, and embed and rerank if their models are given."
        })
final class McpCommand implements Callable<Integer> {

    private static final String NAME = "tokapu";
    private static final long CLOSING_SECONDS = 10;

    private static final String MOST_SECONDS =
            "sun.net.httpserver.maxReqTime"; // of a request to come, read when the server is loaded

    private final Console console;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Option(
            names = "--embedding-model",
            converter = SourceConverter.class,
            paramLabel = "PATH|NAME",
            description = "An embedding model, for the tool embed.")
    private @Nullable ModelSource embedding;

    @Option(
            names = "--rerank-model",
            converter = SourceConverter.class,
            paramLabel = "PATH|NAME",
            description = "A reranking model, for the tool rerank.")
    private @Nullable ModelSource reranking;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "How many answers are computed at a time. Default: 4.")
    private int parallel = 4;

    @Option(
            names = "--http",
            paramLabel = "[HOST:]PORT",
            description = {
                "Listen there, for streamable HTTP at the path /mcp. HOST is 127.0.0.1 unless given; others want",
                "a key in TOKAPU_API_KEY, which clients send as Authorization: Bearer KEY."
            })
    private @Nullable String http;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private ContextArgs contexts = new ContextArgs();

    McpCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Interrupt interrupt = new Interrupt();
        CountDownLatch finished = new CountDownLatch(1);
        try (AutoCloseable all = this::close) {
            InetSocketAddress address = http == null ? null : address(http);
            Tools tools = tools(interrupt);
            if (address == null) {
                try (McpToolServer server =
                        McpToolServer.start(NAME, Tokapu.version(), tools, console.input(), console.output())) {
                    begun(server::close, "on standard input and output", tools, finished);
                    server.awaitEnd();
                }
            } else {
                try (McpHttpServer server = listen(tools, address)) {
                    begun(server::close, "at " + server.uri(), tools, finished);
                    server.awaitEnd();
                }
            }
        } finally {
            finished.countDown();
        }
        return ExitCode.OK;
    }

    @SuppressWarnings("AddressSelection") // one address is enough to listen on
    private static InetSocketAddress address(String given) {
        int colon = given.lastIndexOf(':');
        try {
            String host = colon < 0 ? "127.0.0.1" : given.substring(0, colon);
            return new InetSocketAddress(host, Integer.parseInt(given.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCode.USAGE, "--http " + given + " is no [HOST:]PORT, such as 8090 or 127.0.0.1:8090");
        }
    }

    private McpHttpServer listen(Tools tools, InetSocketAddress address) {
        String key = System.getenv(LoadArgs.KEY);
        if (System.getProperty(MOST_SECONDS) == null) {
            System.setProperty(MOST_SECONDS, "30"); // or requests that are never sent whole hold its threads
        }
        try {
            return McpHttpServer.start(
                    NAME, Tokapu.version(), tools, address, key == null || key.isBlank() ? null : key);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCode.USAGE, "--http: " + e.getMessage() + "; a key is read from " + LoadArgs.KEY);
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "--http " + http + ": cannot listen there: " + e.getMessage());
        }
    }

    private void begun(Runnable close, String where, Tools tools, CountDownLatch finished) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(close, finished), "tokapu-mcp-end"));
        if (!models.quiet()) {
            console.note("An MCP server " + where + "; its tools: "
                    + tools.tools().stream().map(Tool::name).toList());
        }
    }

    /** When the JVM is about to stop: the engine ends before it does. */
    private static void stop(Runnable close, CountDownLatch finished) {
        close.run();
        try {
            boolean unused = finished.await(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void close() throws Exception {
        if (open.isEmpty()) {
            return;
        }
        try (AutoCloseable rest = this::close) {
            open.pop().close();
        }
    }

    private Tools tools(Interrupt interrupt) {
        Model model = opened(models.load(console, ModelOptions.builder(), interrupt));
        EngineOptions options = EngineOptions.builder()
                .context(contexts.options())
                .maxSequences(ContextArgs.atLeastOne("--parallel", parallel))
                .build();
        ToolsBuilder tools = Tools.builder().add(ModelTools.of(opened(Engine.start(model, options))));
        if (embedding != null) {
            tools.add(ModelTools.of(opened(Embedder.open(load(embedding, interrupt)))));
        }
        if (reranking != null) {
            tools.add(ModelTools.of(opened(Reranker.open(load(reranking, interrupt)))));
        }
        return tools.build();
    }

    private Model load(ModelSource source, Interrupt interrupt) {
        return opened(models.load(console, source, ModelOptions.builder(), interrupt));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }
}
