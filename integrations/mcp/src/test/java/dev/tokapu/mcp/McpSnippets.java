package dev.tokapu.mcp;

import dev.tokapu.chat.ChatSession;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolApproval.Decision;
import dev.tokapu.tool.Tools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/** The code of docs/mcp.md. */
final class McpSnippets {

    private McpSnippets() {}

    static void client(ChatSession chat, String key) {
        // @start region="client"
        try (McpClient files = McpClient.stdio("npx", "-y", "@modelcontextprotocol/server-filesystem", "/data")
                        .allow("read_text_file", "list_directory")
                        .connect();
                McpClient issues = McpClient.http(URI.create("https://mcp.example.com/mcp"))
                        .header("authorization", "Bearer " + key)
                        .prefix("issues_")
                        .timeout(Duration.ofSeconds(20))
                        .approval(call -> call.name().startsWith("issues_get")
                                ? Decision.approve()
                                : Decision.refuse("issues are only read here"))
                        .connect()) {
            Tools tools = Tools.builder().add(files.tools()).add(issues.tools()).build();
            System.out.println(chat.ask("Which issue does notes.txt belong to?", tools));
        }
        // @end
    }

    static void server() throws InterruptedException {
        // @start region="server"
        Tools tools =
                Tools.of(Tool.of("weather", "The weather of a town", Place.class, place -> "sunny in " + place.town()));
        McpToolServer server = McpToolServer.start("weather", "1.0", tools, System.in, System.out);
        server.awaitEnd();
        // @end
    }

    static void http(Tools tools, String key) throws IOException, InterruptedException {
        // @start region="http"
        McpHttpServer server = McpHttpServer.start(
                "weather", "1.0", tools, new InetSocketAddress(InetAddress.getLoopbackAddress(), 8090), key);
        server.awaitEnd();
        // @end
    }

    record Place(String town) {}
}
