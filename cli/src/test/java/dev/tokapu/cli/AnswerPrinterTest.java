package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerPrinterTest {

    private static final ToolCall CALL = new ToolCall("1", "look", "{}");

    private final FakeConsole fake = new FakeConsole("");

    private void print(AnswerPrinter printer) {
        List.of(
                        new AnswerDelta.Reasoning("I think "),
                        new AnswerDelta.Reasoning("hard."),
                        new AnswerDelta.Text("Let me "),
                        new AnswerDelta.Text("look."),
                        new AnswerDelta.CallStarted(0, "1", "look"),
                        new AnswerDelta.CallArguments(0, "{}"),
                        new AnswerDelta.CallCompleted(0, CALL))
                .forEach(printer::onDelta);
        printer.onResult(CALL, ToolResult.of(CALL, "four"));
        printer.onResult(CALL, ToolResult.error(CALL, "not\u001b today"));
        printer.onDelta(new AnswerDelta.Text("It is there."));
        printer.end();
    }

    @Test
    void print_everything_onlyTextGoesToStdout() {
        print(new AnswerPrinter(fake.console, true, false));
        assertThat(fake.out()).isEqualTo("Let me look.\nIt is there.\n");
        assertThat(fake.err()).isEqualTo("I think hard.\n[look gave 4 characters]\n[look failed: not\\u{1b} today]\n");
    }

    @Test
    void print_hiddenAndQuiet_leavesStderrEmpty() {
        print(new AnswerPrinter(fake.console, false, true));
        assertThat(fake.out()).isEqualTo("Let me look.\nIt is there.\n");
        assertThat(fake.err()).isEmpty();
    }

    @Test
    void breakOff_nothingPrinted_printsNothing() {
        new AnswerPrinter(fake.console, true, false).breakOff();
        assertThat(fake.out()).isEmpty();
        assertThat(fake.err()).isEmpty();
    }
}
