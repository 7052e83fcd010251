package dev.tokapu.cli;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The line editor of a conversation: history in the cache directory, pasted text as it is. */
final class LineEditor {

    private static final String PROMPT = "> ";

    private final LineReader reader;
    private final Terminal terminal;

    LineEditor(Terminal terminal) {
        this.terminal = terminal;
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("tokapu")
                .parser(plainText())
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "  ")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.HISTORY_IGNORE_SPACE, false);
        Caches.history().ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        reader = builder.build();
    }

    /** Ctrl-C reaches us as a signal while no line is read. */
    static Terminal terminal() throws IOException {
        return TerminalBuilder.builder()
                .system(true)
                .dumb(true)
                .nativeSignals(true)
                .build();
    }

    String readLine() {
        return reader.readLine(PROMPT);
    }

    /** Asks something that is no part of the conversation; ctrl-C ends the answer, ctrl-D says nothing. */
    String ask(String question) {
        try {
            return LineReaderBuilder.builder().terminal(terminal).build().readLine(question);
        } catch (UserInterruptException e) {
            CancellationException cancelled = new CancellationException("ctrl-C");
            cancelled.initCause(e);
            throw cancelled;
        } catch (EndOfFileException e) {
            return "";
        }
    }

    /** A history that cannot be kept is no reason to fail. */
    void saveHistory(Console console) {
        try {
            reader.getHistory().save();
        } catch (IOException e) {
            console.note("The history of this conversation is not kept: " + e);
        }
    }

    /** Quotes and backslashes mean nothing in a conversation. */
    private static Parser plainText() {
        DefaultParser parser = new DefaultParser();
        parser.setQuoteChars(new char[0]);
        parser.setEscapeChars(new char[0]);
        return parser;
    }
}
