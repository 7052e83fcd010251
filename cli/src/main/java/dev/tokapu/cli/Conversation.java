package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.TextStream;
import dev.tokapu.TokapuException;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/** A conversation at the terminal, with a line editor and commands that begin with a slash. */
final class Conversation {

    private static final String HELP = """
            /reset         forget the conversation
            /system TEXT   forget it and begin again with this system message
            /stats         tokens and speed of the last answer and of the conversation
            /help          this list
            /exit          leave, as ctrl-D does
            Ctrl-C stops the answer. Alt-Enter begins a new line; a pasted text may have several lines, too.""";

    private final Console console;
    private final Model model;
    private final boolean quiet;
    private final Interrupt interrupt;
    private final Function<String, ChatOptions> settings;
    private ChatOptions options;
    private ChatSession session;
    private @Nullable String lastStatistics;

    /** Begins one; {@code settings} makes the options for another system message. */
    Conversation(
            Console console,
            Model model,
            ChatOptions options,
            Function<String, ChatOptions> settings,
            boolean quiet,
            Interrupt interrupt) {
        this.console = console;
        this.model = model;
        this.settings = settings;
        this.options = options;
        this.quiet = quiet;
        this.interrupt = interrupt;
        this.session = model.chat(options);
    }

    /** Reads and answers until the user leaves. */
    int run() {
        try (Terminal terminal = LineEditor.terminal()) {
            LineEditor editor = new LineEditor(terminal);
            if (!quiet) {
                console.note("This is " + model.name().orElse(model.description())
                        + ". /help lists the commands, ctrl-D leaves.");
            }
            boolean more = true;
            while (more) {
                more = turn(terminal, editor);
            }
            editor.saveHistory(console);
            return ExitCode.OK;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the terminal: " + e.getMessage(), e);
        } finally {
            session.close();
        }
    }

    /** One line of the user; false when it was the last. */
    private boolean turn(Terminal terminal, LineEditor editor) {
        String line;
        try {
            line = editor.readLine().strip();
        } catch (UserInterruptException e) {
            console.note("(ctrl-D or /exit leaves)");
            return true;
        } catch (EndOfFileException e) {
            return false;
        }
        if (isCommand(line)) {
            return command(line);
        }
        if (!line.isEmpty()) {
            answer(terminal, line);
        }
        return true;
    }

    /** A path such as /etc/hosts is a question, not a command. */
    static boolean isCommand(String line) {
        int end = line.indexOf(' ');
        String word = end < 0 ? line : line.substring(0, end);
        return word.length() > 1
                && word.charAt(0) == '/'
                && word.chars().skip(1).allMatch(Character::isLetter);
    }

    private boolean command(String line) {
        int end = line.indexOf(' ');
        String argument = end < 0 ? "" : line.substring(end + 1).strip();
        switch (end < 0 ? line : line.substring(0, end)) {
            case "/exit", "/quit" -> {
                return false;
            }
            case "/help" -> console.note(HELP);
            case "/reset" -> restart(options);
            case "/system" -> restart(settings.apply(argument));
            case "/stats" -> statistics();
            default -> console.note("There is no command " + line + "; /help lists them.");
        }
        return true;
    }

    private void restart(ChatOptions next) {
        options = next;
        session.close();
        session = model.chat(options);
        lastStatistics = null;
        console.note("The conversation begins again.");
    }

    private void statistics() {
        console.note(lastStatistics == null ? "There is no answer yet." : lastStatistics);
        console.note("In this conversation: " + session.totalUsage().promptTokens() + " prompt tokens, "
                + session.totalUsage().generatedTokens() + " generated tokens, "
                + session.history().size() + " messages");
    }

    private void answer(Terminal terminal, String text) {
        try (TextStream stream = session.send(text)) {
            Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> stream.cancel());
            try {
                new Answer(console, false, quiet).text(stream, interrupt);
                lastStatistics = Answer.statistics(stream);
            } finally {
                terminal.handle(Terminal.Signal.INT, before);
            }
        } catch (TokapuException e) {
            Failures.report(console, e);
        }
    }
}
