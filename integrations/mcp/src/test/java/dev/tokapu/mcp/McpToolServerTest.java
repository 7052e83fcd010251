package dev.tokapu.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class McpToolServerTest {

    private static final String FIRST = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"initialize\",\"params\":{"
            + "\"protocolVersion\":\"2024-11-05\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}\n";

    @Test
    void linesThatAreNoMessages_doNotEndTheServer_andTheEndOfTheInputDoes() throws Exception {
        PipedOutputStream client = new PipedOutputStream();
        try (PipedInputStream answers = new PipedInputStream();
                PipedOutputStream out = new PipedOutputStream(answers);
                PipedInputStream in = new PipedInputStream(client);
                McpToolServer server = McpToolServer.start("test", "1", ToolProgram.tools("good"), in, out)) {
            client.write(("\nno JSON\n[]\n{\"a\":1}\n" + FIRST).getBytes(StandardCharsets.UTF_8));
            client.flush();
            assertThat(new BufferedReader(new InputStreamReader(answers, StandardCharsets.UTF_8)).readLine())
                    .contains("\"id\":7", "\"tools\":{\"listChanged\":false}")
                    .doesNotContain("logging"); // which the SDK announces for every server
            client.close();
            server.awaitEnd();
        }
    }

    @Test
    void close_beforeTheEndOfTheInput_endsTheWait() throws Exception {
        try (PipedOutputStream client = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(client)) {
            McpToolServer server =
                    McpToolServer.start("test", "1", ToolProgram.tools("good"), in, new ByteArrayOutputStream());
            server.close();
            server.awaitEnd();
        }
    }

    @Test
    void callsAtATime_areAllAnswered() {
        try (McpClient client = McpClient.stdio(ToolProgram.command("good")).connect()) {
            List<Tool> tools = client.tools();
            List<ToolCall> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                calls.add(new ToolCall(Integer.toString(i), "echo", "{\"text\":\"number " + i + ".\"}"));
            }
            List<ToolResult> results = Tools.builder().add(tools).build().run(calls);
            for (int i = 0; i < calls.size(); i++) {
                assertThat(results.get(i).isError()).as(results.get(i).text()).isFalse();
                assertThat(results.get(i).text()).contains("number " + i + ".");
            }
        }
    }
}
