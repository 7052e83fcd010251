package dev.tokapu.cli;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.chat.ToolLoopListener;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;

/** Prints an answer as it grows: text to stdout, thoughts and what becomes of tool calls to stderr. */
final class AnswerPrinter implements ToolLoopListener {

    private static final String DIM = "\u001b[2m";
    private static final String NORMAL = "\u001b[0m";
    private static final int ERROR_CHARS = 200;

    private final Console console;
    private final boolean thoughts;
    private final boolean quiet;
    private boolean thinking;
    private boolean thoughtInLine;
    private boolean inLine;

    AnswerPrinter(Console console, boolean thoughts, boolean quiet) {
        this.console = console;
        this.thoughts = thoughts;
        this.quiet = quiet;
    }

    @Override
    public void onDelta(AnswerDelta delta) {
        if (delta instanceof AnswerDelta.Reasoning thought) {
            think(thought.text());
            return;
        }
        endThought();
        if (delta instanceof AnswerDelta.Text text) {
            console.print(text.text());
            inLine = !text.text().endsWith("\n");
        } else if (delta instanceof AnswerDelta.CallStarted && inLine) {
            endLine();
        }
    }

    private void think(String text) {
        if (!thoughts) {
            return;
        }
        if (!thinking && inLine) {
            endLine();
        }
        console.noteInline((thinking || !console.errorHasStyles() ? "" : DIM) + text);
        thinking = true;
        thoughtInLine = !text.endsWith("\n");
    }

    private void endThought() {
        if (thinking) {
            console.noteInline((thoughtInLine ? "\n" : "") + (console.errorHasStyles() ? NORMAL : ""));
            thinking = false;
        }
    }

    @Override
    public void onResult(ToolCall call, ToolResult result) {
        if (!quiet) {
            String what = result.isError()
                    ? "failed: "
                            + result.text().substring(0, Math.min(result.text().length(), ERROR_CHARS))
                    : "gave " + result.text().length() + " characters";
            console.note("[" + Visible.of(call.name() + ' ' + what) + "]");
        }
    }

    /** Ends the line of the answer. */
    void end() {
        endThought();
        endLine();
    }

    /** Ends the line of what there was of an answer that failed. */
    void breakOff() {
        endThought();
        if (inLine) {
            endLine();
        }
    }

    private void endLine() {
        console.print("\n");
        inLine = false;
    }
}
