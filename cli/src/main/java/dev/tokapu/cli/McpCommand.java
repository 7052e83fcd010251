package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Tokapu;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.mcp.McpToolServer;
import dev.tokapu.mcp.ModelTools;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.source.ModelSource;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.Tools;
import dev.tokapu.tool.ToolsBuilder;
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
            "Offers models as tools to a program that speaks the Model Context Protocol, over standard input and output:",
            "chat and tokenize, and embed and rerank if their models are given."
        })
final class McpCommand implements Callable<Integer> {

    private static final long CLOSING_SECONDS = 10;

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
            Tools tools = tools(interrupt);
            try (McpToolServer server =
                    McpToolServer.start("tokapu", Tokapu.version(), tools, console.input(), console.output())) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, finished), "tokapu-mcp-end"));
                if (!models.quiet()) {
                    console.note("An MCP server on standard input and output; its tools: "
                            + tools.tools().stream().map(Tool::name).toList());
                }
                server.awaitEnd();
            }
        } finally {
            finished.countDown();
        }
        return ExitCode.OK;
    }

    /** When the JVM is about to stop: the engine ends before it does. */
    private static void stop(McpToolServer server, CountDownLatch finished) {
        server.close();
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
