package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.testsupport.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** MCP's inspector on {@code mcp}, in the profile {@code clients}: it comes from npm, into the cache of the user. */
@Timeout(600)
class McpInspectorCheck {

    private static final String VERSION = "2.12.0";

    private static Path inspector;

    @TempDir
    private Path folder;

    @BeforeAll
    static void install() throws Exception {
        inspector = Command.npm("mcp-inspector-" + VERSION, "@modelcontextprotocol/inspector@" + VERSION)
                .resolve("@modelcontextprotocol/inspector/clients/launcher/build/index.js");
    }

    /** What the inspector writes of a server, which a file of servers names as programs have one. */
    private Map<String, String> inspect(String... arguments) throws Exception {
        List<String> program = Program.command("mcp", "--quiet");
        Path servers = Files.writeString(
                folder.resolve("servers.json"),
                Json.of(Map.of(
                        "mcpServers",
                        Map.of(
                                "tokapu",
                                Map.of("command", program.get(0), "args", program.subList(1, program.size()))))));
        List<String> command = new ArrayList<>(
                List.of("node", inspector.toString(), "--cli", "--config", servers.toString(), "--server", "tokapu"));
        command.addAll(List.of(arguments));
        String said = Command.run(new ProcessBuilder(command), Duration.ofMinutes(5));
        return JsonText.flat(said.substring(said.indexOf('{')));
    }

    @Test
    void tools_areListed() throws Exception {
        Map<String, String> tools = inspect("--method", "tools/list");
        assertThat(tools)
                .containsEntry("/tools/0/name", "chat")
                .containsEntry("/tools/0/inputSchema/type", "object")
                .containsEntry("/tools/1/name", "tokenize");
    }

    @Test
    void tools_areCalled_andSayWhatIsWrong() throws Exception {
        String said = inspect("--method", "tools/call", "--tool-name", "tokenize", "--tool-arg", "text=The sea")
                .get("/content/0/text");
        assertThat(JsonText.flat(said)).containsKey("/count");
        assertThatThrownBy(
                        () -> inspect("--method", "tools/call", "--tool-name", "tokenize", "--tool-arg", "nonsense=1"))
                .hasMessageContaining("required property 'text' not found")
                .hasMessageContaining("returned isError:true");
    }
}
