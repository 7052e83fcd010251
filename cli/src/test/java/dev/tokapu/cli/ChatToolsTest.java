package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.tool.ToolDefinition;
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
                .hasMessageStartingWith("--mcp: the MCP server '/no/such/program x' did not start: ");
    }

    @Test
    void toolsOfOneName_andAllowedOnesThatAreNotThere_areRefused() {
        assertThatThrownBy(() -> ChatTools.open(List.of(tool("a"), tool("a")), List.of(), List.of()))
                .hasMessage("two tools are named a: $ true, and $ true; leave out one");
        assertThatThrownBy(() -> ChatTools.open(List.of(tool("a")), List.of(), List.of("a", "b")))
                .hasMessage("--mcp-allow: there is no tool b; there are [a]");
    }
}
