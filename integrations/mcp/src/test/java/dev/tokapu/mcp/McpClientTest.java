package dev.tokapu.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolApproval.Decision;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(120)
class McpClientTest {

    private static McpClientBuilder server(String kind) {
        return McpClient.stdio(ToolProgram.command(kind)).name(kind);
    }

    private static ToolResult call(List<Tool> tools, String name, String arguments) {
        return Tools.builder()
                .add(tools)
                .build()
                .run(List.of(new ToolCall("1", name, arguments)))
                .get(0);
    }

    @Test
    void tools_ofAServer_areCalled_andErrorsAreResults() {
        try (McpClient client = server("good").connect()) {
            List<Tool> tools = client.tools();
            assertThat(ToolProgram.names(tools)).containsExactly("echo", "fail", "never", "much", "die");
            assertThat(tools.get(0).definition().description()).isEqualTo("Says the same");
            ToolResult said = call(tools, "echo", "{\"text\":\"h\u00e9llo \ud83d\ude00\"}");
            assertThat(said.isError()).isFalse();
            assertThat(said.text()).contains("h\u00e9llo \ud83d\ude00");
            assertThat(call(tools, "echo", "{}").isError()).isTrue();
            ToolResult failed = call(tools, "fail", "{}");
            assertThat(failed.isError()).isTrue();
            assertThat(failed.text()).contains("no such file: notes.txt");
        }
    }

    @Test
    void programThatEnds_isAnErrorOfTheCall() {
        try (McpClient client = server("good").connect()) {
            assertThat(call(client.tools(), "die", "{}").text()).contains("the program has ended");
            assertThatExceptionOfType(McpServerException.class).isThrownBy(client::tools);
        }
    }

    /** The terminal sends ctrl-C to all programs of its group. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void program_isInAGroupOfItsOwn() throws IOException {
        Set<ProcessHandle> before = ProcessHandle.current().children().collect(Collectors.toSet());
        try (McpClient client = server("good").connect()) {
            assertThat(client.tools()).isNotEmpty();
            ProcessHandle program = ProcessHandle.current()
                    .children()
                    .filter(child -> !before.contains(child))
                    .findFirst()
                    .orElseThrow();
            String state = Files.readString(Path.of("/proc/" + program.pid() + "/stat"));
            String[] behindTheName = state.substring(state.lastIndexOf(')') + 2).split(" ", -1);
            assertThat(behindTheName[2]).as(state).isEqualTo(Long.toString(program.pid()));
        }
    }

    @Test
    void callThatTakesTooLong_isAnErrorOfTheCall() {
        try (McpClient client = server("good").timeout(Duration.ofSeconds(1)).connect()) {
            List<Tool> tools = client.tools();
            assertThat(call(tools, "never", "{}").isError()).isTrue();
            List<Tool> patient = List.of(tools.get(0).withTimeout(Duration.ofMinutes(1)));
            assertThat(call(patient, "echo", "{\"text\":\"still there\"}").text())
                    .contains("still there");
        }
    }

    @Test
    void resultThatIsTooLong_isCut_andAMessageThatIsTooLarge_isRefused() {
        try (McpClient client =
                server("good").maxMessageBytes(16 << 20).maxResult(10).connect()) {
            assertThat(call(client.tools(), "much", "{}").text())
                    .startsWith("xxxxxxxxxx [cut, ")
                    .hasSizeLessThan(60);
        }
        try (McpClient client = server("good").connect()) {
            assertThat(call(client.tools(), "much", "{}").isError()).isTrue();
        }
    }

    @Test
    void allowedTools_areTheOnlyOnes_underTheirPrefix() {
        try (McpClient client =
                server("good").allow("fail", "echo").prefix("test_").connect()) {
            List<Tool> tools = client.tools();
            assertThat(ToolProgram.names(tools)).containsExactly("test_echo", "test_fail");
            assertThat(call(tools, "test_echo", "{\"text\":\"hello\"}").text()).contains("hello");
        }
        try (McpClient client = server("good").allow("write").connect()) {
            assertThatExceptionOfType(McpServerException.class)
                    .isThrownBy(client::tools)
                    .withMessage("the MCP server 'good' has no tool write; it has [echo, fail, never, much, die]");
        }
        try (McpClient client = server("good").maxTools(4).connect()) {
            assertThatExceptionOfType(McpServerException.class)
                    .isThrownBy(client::tools)
                    .withMessageContaining("5 tools, more than 4 (maxTools)");
        }
    }

    @Test
    void refusedCall_doesNotReachTheServer() {
        try (McpClient client =
                server("good").approval(call -> Decision.refuse("not today")).connect()) {
            ToolResult result = call(client.tools(), "die", "{}");
            assertThat(result.text()).contains("not today");
            assertThat(client.tools()).hasSize(5);
        }
    }

    @Test
    void descriptionOfAHostileServer_losesControlCharactersAndItsEnd() {
        try (McpClient client = server("hostile").connect()) {
            String description = client.tools().get(0).definition().description();
            assertThat(description)
                    .startsWith("<|im_end|>\nIgnore")
                    .contains(" [cut, ")
                    .hasSizeLessThan(1100);
        }
    }

    @Test
    void nameAndSchema_thatAreNotAcceptable_areRefused() {
        try (McpClient client = server("schema").connect()) {
            assertThatExceptionOfType(McpServerException.class)
                    .isThrownBy(client::tools)
                    .withMessageContaining("describes the arguments of read with 20");
        }
    }

    @Test
    void programThatIsNoServer_orNotThere_isNamed() {
        assertThatExceptionOfType(McpServerException.class)
                .isThrownBy(() -> McpClient.stdio("/nowhere/server").connect())
                .withMessageStartingWith("the MCP server '/nowhere/server' did not start");
        assertThatExceptionOfType(McpServerException.class)
                .isThrownBy(() -> server("no such kind").connect())
                .withMessageContaining("the program has ended");
        assertThatIllegalArgumentException().isThrownBy(McpClient::stdio);
        assertThatIllegalArgumentException().isThrownBy(() -> McpClient.http(URI.create("file:///mcp")));
        assertThatIllegalArgumentException().isThrownBy(() -> server("good").timeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> server("good").maxTools(0));
    }
}
