package dev.tokapu.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.Tools;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that are no good MCP servers. */
@Timeout(120)
class UntrustedServerTest {

    private static McpClient connect(String kind) {
        return McpClient.stdio(RawProgram.command(kind))
                .name(kind)
                .environment("GIVEN", "yes")
                .connect();
    }

    private static String call(List<Tool> tools) {
        return Tools.builder()
                .add(tools)
                .build()
                .run(List.of(new ToolCall("1", "read", "{}")))
                .get(0)
                .text();
    }

    /** The programs that this test has started; there is one at a time. */
    private static List<ProcessHandle> programs() {
        return ProcessHandle.current().children().toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pages | does not come to the end of its tools",
                "twins | has two tools read",
                "name | has a tool with the name 'read all files'",
                "control | control characters in 'xy'",
            })
    void tools_thatAreNotAcceptable_areRefused(String kind, String message) {
        try (McpClient client = connect(kind)) {
            assertThatExceptionOfType(McpServerException.class)
                    .isThrownBy(client::tools)
                    .withMessageContaining(message);
        }
    }

    @Test
    void descriptionInASchema_losesControlCharacters() {
        try (McpClient client = connect("prose")) {
            assertThat(client.tools().get(0).definition().parametersJsonSchema())
                    .contains("\"xy\"");
        }
    }

    @Test
    void linesThatAreNoMessages_areSkipped() {
        try (McpClient client = connect("noise")) {
            assertThat(call(client.tools())).isEqualTo("done");
        }
    }

    @Test
    void program_getsNoVariablesButWhatItNeedsAndWhatItIsGiven() {
        try (McpClient client = connect("environment")) {
            List<String> names =
                    List.of(call(client.tools()).replaceAll("[\\[\\] ]", "").split(",", -1));
            assertThat(names).contains("GIVEN", "PATH");
            assertThat(names)
                    .isSubsetOf(
                            "GIVEN", "HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER");
        }
    }

    @Test
    void programThatStays_isEndedByForce() {
        McpClient client = connect("stays");
        List<ProcessHandle> programs = programs();
        assertThat(programs).isNotEmpty();
        client.close();
        programs.forEach(program -> program.onExit().join());
    }

    @Test
    void close_inAnInterruptedThread_endsTheProgram() {
        McpClient client = connect("good");
        List<ProcessHandle> programs = programs();
        assertThat(programs).isNotEmpty();
        Thread.currentThread().interrupt();
        client.close();
        assertThat(Thread.interrupted()).isTrue();
        programs.forEach(program -> program.onExit().join());
    }
}
