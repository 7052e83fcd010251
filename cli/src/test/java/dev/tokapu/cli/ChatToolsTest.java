package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatToolsTest {

    private static CommandTool tool(String name) {
        return new CommandTool(
                new ToolDefinition(name, "", "{\"type\":\"object\"}"), List.of("true"), Duration.ofSeconds(1));
    }

    @Test
    void words_areThoseOfAShell() {
        assertThat(ChatTools.words("npx -y  @org/server '/my data' \"a \\\"b\\\"\" c\\ d e'f 'g ''"))
                .containsExactly("npx", "-y", "@org/server", "/my data", "a \"b\"", "c d", "ef g", "");
        assertThat(ChatTools.words(" x\\")).containsExactly("x\\");
        for (String wrong : List.of("", "  ", "a 'b", "a \"b")) {
            assertThatThrownBy(() -> ChatTools.words(wrong))
                    .as(wrong)
                    .isInstanceOfSatisfying(
                            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                    .hasMessageStartingWith("--mcp '" + wrong + "' is no command: ");
        }
    }

    @Test
    void serverThatCannotBeStarted_isNamed() {
        assertThatThrownBy(() -> ChatTools.open(List.of(), List.of("/no/such/program x"), List.of()))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SERVER))
                .hasMessageStartingWith(
                        "--mcp '/no/such/program x': the MCP server '/no/such/program' did not start: ");
    }

    @Test
    void toolsOfOneName_andAllowedOnesThatAreNotThere_areRefused() {
        assertThatThrownBy(() -> ChatTools.open(List.of(tool("a"), tool("a")), List.of(), List.of()))
                .hasMessage("two tools are named a: $ true, and $ true; leave out one");
        String server =
                "python3 '" + Path.of("src/test/resources/mcp_server.py").toAbsolutePath() + "'";
        assertThatThrownBy(() -> ChatTools.open(List.of(tool("a")), List.of(server), List.of("find", "a", "find@1")))
                .hasMessage("--mcp-allow: the MCP servers have no tool a, find@1; they have [find]");
        try (ChatTools opened = ChatTools.open(List.of(tool("a")), List.of(server), List.of("find"))) {
            assertThat(opened.allowed()).containsExactly("find");
        }
    }

    @Test
    void allowedTool_ofOneOfSeveralServers_hasItsNumber() {
        String first = "python3 '" + Path.of("src/test/resources/mcp_server.py").toAbsolutePath() + "'";
        List<String> servers = List.of(first, first + " look");
        assertThatThrownBy(() -> ChatTools.open(List.of(), servers, List.of("look", "look@1", "look@2")))
                .hasMessage("--mcp-allow: the MCP servers have no tool look, look@1; they have [find@1, look@2]");
        try (ChatTools opened = ChatTools.open(List.of(), servers, List.of("look@2"))) {
            assertThat(opened.allowed()).containsExactly("look");
        }
    }

    @Test
    void errorOfACall_keepsArgumentsOfTheServerFromTheModel() {
        String server =
                "python3 '" + Path.of("src/test/resources/mcp_server.py").toAbsolutePath() + "' end secret";
        try (ChatTools opened = ChatTools.open(List.of(), List.of(server), List.of())) {
            ToolResult result = Tools.builder()
                    .add(opened.all().get(0).tool())
                    .build()
                    .run(List.of(new ToolCall("1", "end", "{\"word\":\"x\"}")))
                    .get(0);
            assertThat(result.isError()).isTrue();
            assertThat(result.text())
                    .contains("the MCP server 'python3' did not answer")
                    .doesNotContain("secret");
        }
    }
}
