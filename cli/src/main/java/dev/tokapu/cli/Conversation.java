package dev.tokapu.cli;

import dev.tokapu.ModelInfo;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.exception.TokapuException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/** A conversation at the terminal, with a line editor and commands that begin with a slash. */
final class Conversation {

    private static final String HELP = """
            /reset         forget the conversation
            /system TEXT   forget it and begin again with this system message
            /save FILE     keep the conversation in a file, with what the model knows of it
            /load FILE     go on with a saved conversation
            /fork          try something from here; /back returns to this place
            /back          leave the fork
            /tools         the tools that the model may call
            /continue      let the model go on with its last answer
            /stats         tokens and speed of the last answer and of the conversation
            /help          this list
            /exit          leave, as ctrl-D does
            Ctrl-C stops the answer. Alt-Enter begins a new line; a pasted text may have several lines, too.""";

    private final Exchange exchange;
    private final CommandApproval approval;
    private final Console console;
    private final ModelInfo model;
    private final Function<ChatOptions, ChatSession> sessions;
    private final Function<String, ChatOptions> settings;
    private ChatOptions options;
    private ChatSession session;
    private @Nullable String lastStatistics;

    /** The sessions that /back returns to, the newest first. */
    private final Deque<ChatSession> left = new ArrayDeque<>();

    /** Something with a file. */
    private interface FileAction {

        void on(Path file) throws IOException;
    }

    /** Begins one; {@code sessions} opens it, {@code settings} makes the options for another system message. */
    Conversation(
            Exchange exchange,
            CommandApproval approval,
            ModelInfo model,
            Function<ChatOptions, ChatSession> sessions,
            ChatOptions options,
            Function<String, ChatOptions> settings) {
        this.exchange = exchange;
        this.approval = approval;
        this.console = exchange.console();
        this.model = model;
        this.sessions = sessions;
        this.settings = settings;
        this.options = options;
        this.session = sessions.apply(options);
    }

    /** Reads and answers until the user leaves. */
    int run() {
        try (Terminal terminal = LineEditor.terminal()) {
            LineEditor editor = new LineEditor(terminal);
            approval.askWith(editor::ask);
            if (!exchange.quiet()) {
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
            closeAll();
        }
    }

    private void closeAll() {
        session.close();
        while (!left.isEmpty()) {
            left.pop().close();
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
            return command(terminal, line);
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

    private boolean command(Terminal terminal, String line) {
        int end = line.indexOf(' ');
        String argument = end < 0 ? "" : line.substring(end + 1).strip();
        switch (end < 0 ? line : line.substring(0, end)) {
            case "/exit", "/quit" -> {
                return false;
            }
            case "/help" -> console.note(HELP);
            case "/reset" -> restart(options);
            case "/system" -> restart(settings.apply(argument));
            case "/save" -> file(argument, "saved to", session::save);
            case "/load" -> file(argument, "loaded from", this::load);
            case "/fork" -> fork();
            case "/back" -> back();
            case "/continue" -> show(terminal, () -> exchange.goOn(session));
            case "/tools" -> console.note(approval.list());
            case "/stats" -> statistics();
            default -> console.note("There is no command " + line + "; /help lists them.");
        }
        return true;
    }

    private void restart(ChatOptions next) {
        options = next;
        closeAll();
        session = sessions.apply(options);
        lastStatistics = null;
        console.note("The conversation begins again.");
    }

    private void file(String name, String done, FileAction action) {
        if (name.isEmpty()) {
            console.note("Which file? For example /save talk.chat");
            return;
        }
        try {
            action.on(Path.of(name));
            console.note("The conversation was " + done + " " + name + ": "
                    + session.history().size() + " messages.");
        } catch (NoSuchFileException e) {
            console.note("There is no file or folder " + e.getFile() + ".");
        } catch (IOException | InvalidPathException | UnsupportedOperationException e) {
            console.note("That did not work: " + e);
        } catch (TokapuException e) {
            Failures.report(console, e);
        }
    }

    private void load(Path file) throws IOException {
        if (!session.load(file)) {
            console.note(
                    "It was saved with another model or other settings: the model reads it again with your next message.");
        }
    }

    private void fork() {
        ChatSession fork = session.fork();
        left.push(session);
        session = fork;
        console.note("This is a fork of the conversation. /back returns to where it began.");
    }

    private void back() {
        if (left.isEmpty()) {
            console.note("This is not a fork; /fork makes one.");
            return;
        }
        session.close();
        session = left.pop();
        console.note("Back where the fork began: " + session.history().size() + " messages.");
    }

    private void statistics() {
        console.note(lastStatistics == null ? "There is no answer yet." : lastStatistics);
        console.note("In this conversation: " + session.totalUsage().promptTokens() + " prompt tokens, "
                + session.totalUsage().generatedTokens() + " generated tokens, "
                + session.history().size() + " messages");
    }

    private void answer(Terminal terminal, String text) {
        show(terminal, () -> exchange.ask(session, text));
    }

    private void show(Terminal terminal, Supplier<ChatAnswer> answer) {
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> session.cancel());
        try {
            lastStatistics = Answer.statistics(answer.get());
        } catch (TokapuException e) {
            Failures.report(console, e);
        } catch (IllegalStateException e) {
            console.note(String.valueOf(e.getMessage()));
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }
}
