package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.ToolRun;
import dev.tokapu.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandToolTest {

    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{},\"max-size\":{\"type\":\"integer\"}}}";

    private static CommandTool tool(String... words) {
        return new CommandTool(new ToolDefinition("t", "", SCHEMA), List.of(words), Duration.ofSeconds(60));
    }

    private static ToolResult run(CommandTool tool, String arguments) {
        return Tools.of(tool.tool())
                .run(List.of(new ToolCall("1", "t", arguments)))
                .get(0);
    }

    @Test
    void command_placeholders_becomeTheArguments() {
        CommandTool tool = tool("p", "{a}", "--size={max-size}", "{a}/{b}", "{ a }", "{}");
        assertThat(tool.command("{\"a\":\"x y\",\"b\":[1,null],\"max-size\":3}"))
                .containsExactly("p", "x y", "--size=3", "x y/[1,null]", "{ a }", "{}");
    }

    @Test
    void command_argumentThatLooksLikeAPlaceholderOrReplacement_isText() {
        assertThat(tool("p", "{a}-{b}").command("{\"a\":\"{b}$1\\\\\",\"b\":\"x\"}"))
                .containsExactly("p", "{b}$1\\-x");
    }

    @Test
    void command_missingArgument_leavesItsWordOut() {
        assertThat(tool("p", "-n", "--size={max-size}", "{a}").command("{\"a\":null}"))
                .containsExactly("p", "-n");
    }

    @Test
    void run_argumentsOfAShell_areText() {
        ToolResult result = run(tool("printf", "%s|", "{a}", "{b}"), "{\"a\":\"$(id); `id` && id\",\"b\":\"x > y\"}");
        assertThat(result.isError()).isFalse();
        assertThat(result.text()).isEqualTo("$(id); `id` && id|x > y|");
    }

    @Test
    void run_command_readsTheArgumentsAsJson() {
        assertThat(run(tool("cat"), "{\"a\":\"ä\"}").text()).isEqualTo("{\"a\":\"ä\"}");
    }

    @Test
    void run_largeArgumentsAndOutput_areCutOff() {
        String large = "x".repeat(300_000);
        ToolResult result = run(tool("cat"), "{\"a\":\"" + large + "\"}");
        assertThat(result.isError()).as(result.text()).isFalse();
        assertThat(result.text())
                .hasSizeLessThan(CommandRun.LIMIT + 100)
                .startsWith("{\"a\":\"xxx")
                .endsWith("[cut off: " + (large.length() + 8 - CommandRun.LIMIT) + " more bytes]");
    }

    @Test
    void run_silentCommand_saysDone() {
        assertThat(run(tool("true"), "{}").text()).isEqualTo("done");
    }

    @Test
    void run_failingCommand_isAnErrorWithItsOutput() {
        ToolResult result = run(tool("sh", "-c", "echo no such town >&2; exit 3"), "{}");
        assertThat(result.isError()).isTrue();
        assertThat(result.text()).contains("exit code 3", "no such town");
    }

    @Test
    void run_missingProgram_isAnErrorThatNamesIt() {
        ToolResult result = run(tool("no-such-program"), "{}");
        assertThat(result.isError()).isTrue();
        assertThat(result.text()).contains("no-such-program");
    }

    @Test
    void run_nulCharacter_isAnError() {
        assertThat(run(tool("printf", "{a}"), "{\"a\":\"\\u0000\"}").isError()).isTrue();
    }

    @Test
    void run_commandThatDoesNotEnd_isEndedByItsTimeout() {
        CommandTool slow =
                new CommandTool(new ToolDefinition("t", "", SCHEMA), List.of("sleep", "1000"), Duration.ofMillis(300));
        ToolResult result = run(slow, "{}");
        assertThat(result.isError()).isTrue();
        assertThat(result.text()).contains("300 ms");
    }

    @Test
    void cancel_commandThatStartedOthers_endsThemAll(@TempDir Path folder) throws Exception {
        Path pid = folder.resolve("pid");
        CommandTool tool = tool("sh", "-c", "sleep 1000 & echo $! > " + pid + "; wait");
        try (ToolRun run = Tools.of(tool.tool()).start(List.of(new ToolCall("1", "t", "{}")), null)) {
            while (!Files.exists(pid) || !Files.readString(pid).endsWith("\n")) {
                assertThat(run.isDone()).isFalse();
                Thread.sleep(20);
            }
        }
        Path state = Path.of("/proc", Files.readString(pid).strip(), "stat");
        for (int i = 0; i < 3000 && runs(state); i++) {
            Thread.sleep(20);
        }
        assertThat(runs(state)).isFalse();
    }

    /** A process that has ended may be there as long as nobody asks for its exit code. */
    private static boolean runs(Path state) {
        try {
            return !Files.readString(state).contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void run_argumentsThatDoNotFitTheSchema_runNothing() {
        ToolResult result = run(tool("printf", "{a}"), "{\"a\":1}");
        assertThat(result.isError()).isTrue();
        assertThat(result.text()).contains("do not fit");
    }
}
