package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandApprovalTest {

    private static final ToolCall CALL = new ToolCall("1", "say", "{\"a\":\"x; y\\u001b[2K\"}");
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}";

    private final FakeConsole fake = new FakeConsole("");

    private static CommandTool tool(String name) {
        return new CommandTool(
                new ToolDefinition(name, "Says it", SCHEMA), List.of("echo", "{a}"), Duration.ofSeconds(1));
    }

    private CommandApproval approval(boolean runAll, boolean quiet, String... answers) {
        CommandApproval approval =
                new CommandApproval(fake.console, List.of(tool("say"), tool("shout")), List.of(), runAll, quiet);
        if (answers.length > 0) {
            Deque<String> left = new ArrayDeque<>(List.of(answers));
            approval.askWith(question -> left.pop());
        }
        return approval;
    }

    @Test
    void decide_asked_showsTheCommandAsItWillRun() {
        assertThat(approval(false, true, "y").decide(CALL).approved()).isTrue();
        assertThat(fake.err()).contains("say {\"a\":\"x; y\\u001b[2K\"}", "  $ echo 'x; y\\u{1b}[2K'");
    }

    @Test
    void decide_anythingButYes_isNo() {
        for (String answer : List.of("n", "", "yep", "no")) {
            CommandApproval approval = approval(false, false, answer);
            assertThat(approval.decide(CALL).approved()).as(answer).isFalse();
            assertThat(approval.list()).doesNotContain("without asking");
        }
    }

    @Test
    void decide_always_asksNoMoreForThisTool() {
        CommandApproval approval = approval(false, false, "a", "n");
        assertThat(approval.decide(CALL).approved()).isTrue();
        assertThat(approval.decide(CALL).approved()).isTrue();
        assertThat(approval.decide(new ToolCall("2", "shout", "{}")).approved()).isFalse();
        assertThat(approval.list())
                .isEqualTo("say: Says it\n  $ echo '{a}'  (runs without asking)\nshout: Says it\n  $ echo '{a}'");
    }

    @Test
    void decide_withoutTerminal_isNo() {
        assertThat(approval(false, false).decide(CALL).approved()).isFalse();
        assertThat(fake.err()).contains("no terminal", "--tools-run-all");
    }

    @Test
    void decide_argumentsThatCannotBeRead_isNo() {
        CommandApproval approval = approval(true, false);
        assertThat(approval.decide(new ToolCall("1", "say", "{\"a\":1,\"a\":2}"))
                        .approved())
                .isFalse();
    }

    @Test
    void decide_atAConsole_readsALineForEachCall() {
        InputStream in = new ByteArrayInputStream("y\nno\nYES".getBytes(StandardCharsets.UTF_8));
        PrintStream err = new PrintStream(fake.err, true, StandardCharsets.UTF_8);
        Console console = new Console(in, fake.out, err, true, false, true);
        CommandApproval approval = new CommandApproval(console, List.of(tool("say")), List.of(), false, false);
        assertThat(approval.decide(CALL).approved()).isTrue();
        assertThat(approval.decide(CALL).approved()).isFalse();
        assertThat(approval.decide(CALL).approved()).isTrue();
        assertThat(approval.decide(CALL).approved())
                .as("at the end of the input")
                .isFalse();
        assertThat(fake.err()).contains("Run it?");
        assertThat(fake.out()).isEmpty();
    }

    @Test
    void decide_runAll_asksNobody() {
        assertThat(approval(true, false).decide(CALL).approved()).isTrue();
        assertThat(fake.err()).contains("$ echo").doesNotContain("Run it?");
    }

    @Test
    void decide_runAllQuiet_saysNothing() {
        assertThat(approval(true, true).decide(CALL).approved()).isTrue();
        assertThat(fake.err()).isEmpty();
    }

    @Test
    void decide_toolOfAServer_showsTheServer_andAsksUnlessItIsAllowed() {
        ChatTool tool = new ServerTool(
                Tool.of(new ToolDefinition("say", "Says\u001b it", SCHEMA), arguments -> ""), "npx \u001b files");
        CommandApproval asking = new CommandApproval(fake.console, List.of(tool), List.of(), false, true);
        asking.askWith(question -> "n");
        assertThat(asking.decide(CALL).approved()).isFalse();
        assertThat(fake.err()).contains("say {", "\n  at the MCP server npx \\u{1b} files\n");
        CommandApproval allowing = new CommandApproval(fake.console, List.of(tool), List.of("say"), false, true);
        assertThat(allowing.decide(CALL).approved()).isTrue();
        assertThat(allowing.list()).contains("say: Says\\u{1b} it", "(runs without asking)");
    }

    @Test
    void list_withoutTools_namesTheOption() {
        assertThat(new CommandApproval(fake.console, List.of(), List.of(), false, false).list())
                .contains("--tools FILE");
    }
}
