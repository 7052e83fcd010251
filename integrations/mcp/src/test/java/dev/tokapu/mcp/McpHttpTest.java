package dev.tokapu.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.Tools;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server of MCP's own SDK over streamable HTTP, which wants a key. */
@Timeout(120)
class McpHttpTest {

    private static final String KEY = "Bearer secret";

    private final Server web = new Server();
    private final ServerConnector connector = new ServerConnector(web);
    private McpSyncServer server;

    @BeforeEach
    void start() throws Exception {
        HttpServletStreamableServerTransportProvider provider = HttpServletStreamableServerTransportProvider.builder()
                .jsonMapper(McpJsonDefaults.getMapper())
                .mcpEndpoint("/mcp")
                .build();
        server = McpServer.sync(provider)
                .serverInfo("web", "1")
                .capabilities(
                        McpSchema.ServerCapabilities.builder().tools(false).build())
                .toolCall(
                        McpSchema.Tool.builder("weather", Map.of("type", "object"))
                                .description("The weather")
                                .build(),
                        (exchange, request) -> McpSchema.CallToolResult.builder()
                                .addTextContent(
                                        "sunny in " + request.arguments().get("town"))
                                .addContent(McpSchema.ImageContent.builder("aGVsbG8=", "image/png")
                                        .build())
                                .build())
                .build();
        ServletContextHandler handler = new ServletContextHandler();
        ServletHolder holder = new ServletHolder(provider);
        holder.setAsyncSupported(true);
        handler.addServlet(holder, "/mcp/*");
        FilterHolder filter = new FilterHolder((request, response, chain) -> {
            if (KEY.equals(((HttpServletRequest) request).getHeader("authorization"))) {
                chain.doFilter(request, response);
            } else {
                refuse((HttpServletResponse) response);
            }
        });
        filter.setAsyncSupported(true);
        handler.addFilter(filter, "/*", null);
        web.addConnector(connector);
        web.setHandler(handler);
        web.start();
    }

    private static void refuse(HttpServletResponse response) throws IOException {
        response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        web.stop();
    }

    private McpClientBuilder client() {
        return McpClient.http(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/mcp"));
    }

    @Test
    void tools_overHttp_areCalled_andWhatIsNoTextIsNamed() {
        try (McpClient client = client().header("authorization", KEY).connect()) {
            List<Tool> tools = client.tools();
            assertThat(ToolProgram.names(tools)).containsExactly("weather");
            String text = Tools.builder()
                    .add(tools)
                    .build()
                    .run(List.of(new ToolCall("1", "weather", "{\"town\":\"Rome\"}")))
                    .get(0)
                    .text();
            assertThat(text).isEqualTo("sunny in Rome\n[image, which is not text]");
        }
    }

    @Test
    void wrongKey_isAnError() {
        assertThatExceptionOfType(McpServerException.class)
                .isThrownBy(() -> client().connect())
                .withMessageStartingWith("the MCP server '127.0.0.1' did not answer");
    }
}
