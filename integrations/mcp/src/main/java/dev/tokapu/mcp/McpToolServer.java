package dev.tokapu.mcp;

import dev.tokapu.tool.Tools;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpSyncServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/**
 * An MCP server that offers tools to one program, over two streams: usually the standard input and output of this process, which nothing else may
 * write to then.
 *
 * <pre>{@code
 * Tools tools = Tools.builder().add(Tool.methodsOf(new Notes())).build();
 * McpToolServer server = McpToolServer.start("notes", "1.0", tools, System.in, System.out);
 * server.awaitEnd();
 * }</pre>
 *
 * <p>Arguments are checked against the tool's schema; what goes wrong with a call is a result with {@code isError}, as {@link Tools#run} makes it.
 * Approval, timeouts and threads are those of the tools. Calls run in parallel.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class McpToolServer implements AutoCloseable {

    private final McpSyncServer server;
    private final CountDownLatch end;

    private McpToolServer(McpSyncServer server, CountDownLatch end) {
        this.server = server;
        this.end = end;
    }

    /**
     * Serves tools.
     *
     * @param name what the server is called
     * @param version its version
     * @param tools the tools
     * @param in requests, a JSON text on each line
     * @param out answers, a JSON text on each line
     * @return the server, which is running
     */
    public static McpToolServer start(String name, String version, Tools tools, InputStream in, OutputStream out) {
        McpJsonMapper mapper = McpJsonDefaults.getMapper();
        CountDownLatch end = new CountDownLatch(1);
        OfferedTools offered = new OfferedTools(tools, mapper);
        McpSyncServer server = McpServer.sync(new StreamsProvider(
                        new MessageLines(name, mapper, in, out, OfferedTools.MOST_BYTES), end::countDown))
                .serverInfo(name, version)
                .capabilities(OfferedTools.CAPABILITIES)
                .validateToolInputs(false) // the tools do, and tell the model what is wrong
                .tools(offered.each(tool -> new McpServerFeatures.SyncToolSpecification(
                        tool, (exchange, request) -> offered.call(request))))
                .build();
        return new McpToolServer(server, end);
    }

    /**
     * Waits until the program has ended the connection.
     *
     * @throws InterruptedException if it is interrupted
     */
    public void awaitEnd() throws InterruptedException {
        end.await();
    }

    /** Ends the connection; calls that are running are not waited for. */
    @Override
    public void close() {
        server.close();
        end.countDown();
    }
}
