package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that thinks and calls a tool, by script. */
class ToolsIT {

    private static final String QUESTION = ScriptedTools.QUESTION;

    @TempDir
    private static Path folder;

    private static ScriptedTools scripted;

    @BeforeAll
    static void write() throws IOException {
        scripted = ScriptedTools.in(folder);
    }

    @Test
    void chat_runAll_onlyTheAnswerGoesToStdout() {
        Program.Result result = scripted.chat("--tools-run-all", QUESTION);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("It is here.\n");
        assertThat(result.err())
                .contains(
                        "I look.",
                        "find {\"word\": \"it\"}\n  $ printf %s 'found it'\n[find gave 8 characters]\n",
                        "So.")
                .contains("of them thought", "complete");
    }

    @Test
    @Tag("ffm")
    void chat_withoutTerminal_runsNothing() {
        Program.Result result = scripted.chat("--quiet", QUESTION);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("Then not.\n");
        assertThat(result.err()).contains("$ printf %s 'found it'", "no terminal", "--tools-run-all");
    }

    @Test
    @Tag("ffm")
    void chat_hiddenThoughts_leaveStderrEmpty() {
        Program.Result result = scripted.chat("--reasoning", "hide", "--quiet", "--tools-run-all", QUESTION);
        assertThat(result.out()).isEqualTo("It is here.\n");
        assertThat(result.err()).isEmpty();
    }

    @Test
    @Tag("ffm")
    void chat_json_hasThoughtAndCalls() {
        Program.Result result = scripted.chat("--json", "--quiet", "--tools-run-all", QUESTION);
        assertThat(result.exitCode()).as(result.err()).isZero();
        Map<String, String> json = JsonText.flat(result.out());
        assertThat(json)
                .containsEntry("/text", "It is here.")
                .containsEntry("/reasoning", "So.\n")
                .containsEntry("/toolCalls/0/name", "find")
                .containsEntry("/toolCalls/0/result", "found it")
                .containsEntry("/toolCalls/0/isError", "false");
        assertThat(Integer.parseInt(json.get("/usage/reasoningTokens"))).isPositive();
    }

    @Test
    void chat_schema_holdsTheAnswerBehindThoughtAndCalls() {
        Program.Result result = scripted.chat("--schema", "{\"enum\": [\"yes\"]}", "--tools-run-all", QUESTION);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().strip()).isEqualTo("\"yes\"");
        assertThat(result.err()).contains("[find gave 8 characters]");
    }

    @Test
    @Tag("ffm")
    void chat_mcpServer_runsWhatIsAllowed() {
        List<String> chat = new ArrayList<>(mcp());
        chat.add(QUESTION);
        Program.Result refused = Program.run(chat.toArray(new String[0]));
        assertThat(refused.exitCode()).as(refused.err()).isZero();
        assertThat(refused.out()).isEqualTo("Then not.\n");
        assertThat(refused.err())
                .contains("at the MCP server " + mcp().get(mcp().size() - 1), "no terminal", "--mcp-allow");
        List<String> allowed = new ArrayList<>(chat);
        allowed.addAll(1, List.of("--mcp-allow", "find"));
        Program.Result result = Program.run(allowed.toArray(new String[0]));
        assertThat(result.out()).as(result.err()).isEqualTo("It is here.\n");
        assertThat(result.err()).contains("find {\"word\": \"it\"}\n  at the MCP server", "[find gave 8 characters]");
    }

    @Test
    @Tag("ffm")
    void chat_atTheTerminal_asksBeforeEachRun() throws Exception {
        converse("$ printf %s 'found it'", scripted.command());
    }

    /** Ctrl-C, of which the terminal tells all programs in the foreground, ends an answer and no server. */
    @Test
    @Tag("ffm")
    void chat_atTheTerminal_ctrlC_leavesTheMcpServer() throws Exception {
        converse("at the MCP server python3", mcp());
    }

    private static List<String> mcp() {
        String server =
                "python3 '" + Path.of("src/test/resources/mcp_server.py").toAbsolutePath() + "'";
        return List.of("chat", "--greedy", "--model", scripted.model().toString(), "--mcp", server);
    }

    private static void converse(String shown, List<String> chat) throws Exception {
        Path script = Path.of("src/test/resources/converse_tools.py").toAbsolutePath();
        Path transcript = Files.createTempFile(folder, "tools", ".pty");
        List<String> command = new ArrayList<>(List.of("python3", script.toString(), shown));
        command.addAll(Program.command(
                List.of("-Dtokapu.history=" + folder.resolve("history")),
                Program.classPath(),
                chat.toArray(new String[0])));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(transcript.toFile());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        String seen = new String(Files.readAllBytes(transcript), StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(seen).isZero();
        assertThat(seen).contains("ALL STEPS DONE, exit code 0");
        assertThat(Files.readString(folder.resolve("history"))).doesNotContain("always");
    }
}
