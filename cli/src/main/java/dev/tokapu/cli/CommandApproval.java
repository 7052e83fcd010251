package dev.tokapu.cli;

import dev.tokapu.tool.ToolApproval;
import dev.tokapu.tool.ToolCall;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Shows what each call will run, and asks the user.
 *
 * <p>Thread safety: calls are decided one after the other.
 */
final class CommandApproval implements ToolApproval {

    private static final String QUESTION = "Run it? y(es), n(o), a(lways this tool) ";

    private final Console console;
    private final List<ChatTool> tools;
    private final boolean runAll;
    private final boolean quiet;
    private final Set<String> always = new HashSet<>();

    /** Answers a question with a line; null when nobody is there. */
    private volatile Function<String, @Nullable String> user;

    /** {@code allowed}: names of tools that run without asking. */
    CommandApproval(
            Console console,
            List<? extends ChatTool> tools,
            Collection<String> allowed,
            boolean runAll,
            boolean quiet) {
        this.console = console;
        this.tools = List.copyOf(tools);
        this.always.addAll(allowed);
        this.runAll = runAll;
        this.quiet = quiet;
        this.user = this::atTheConsole;
    }

    /** Asks in another way from now on. */
    void askWith(Function<String, @Nullable String> way) {
        user = way;
    }

    @Override
    public synchronized Decision decide(ToolCall call) {
        boolean asks = !runAll && !always.contains(call.name());
        String shown;
        try {
            shown = shown(call);
        } catch (UncheckedIOException e) {
            return Decision.refuse("the arguments cannot be read: " + e.getMessage());
        }
        if (asks || !quiet) {
            console.note(shown);
        }
        if (!asks) {
            return Decision.approve();
        }
        String answer = user.apply(QUESTION);
        if (answer == null) {
            console.note(
                    "It is not run: there is no terminal to ask at. --tools-run-all runs all tools without asking, --mcp-allow some.");
            return Decision.refuse("nobody is there to allow it");
        }
        return switch (answer.strip().toLowerCase(Locale.ROOT)) {
            case "a", "always" -> {
                always.add(call.name());
                yield Decision.approve();
            }
            case "y", "yes" -> Decision.approve();
            default -> Decision.refuse("the user does not allow it");
        };
    }

    private String shown(ToolCall call) {
        ChatTool called = tools.stream()
                .filter(tool -> tool.definition().name().equals(call.name()))
                .findFirst()
                .orElseThrow();
        return Visible.of(call.name() + ' ' + call.arguments()) + "\n  " + called.shown(call.arguments());
    }

    private @Nullable String atTheConsole(String question) {
        if (!console.inputIsTerminal() || !console.errorIsTerminal()) {
            return null;
        }
        console.noteInline(question);
        return console.readLine();
    }

    /** {@return the tools, a line each with what it runs} */
    synchronized String list() {
        StringBuilder text = new StringBuilder();
        for (ChatTool tool : tools) {
            String name = tool.definition().name();
            text.append(text.isEmpty() ? "" : "\n").append(name);
            if (!tool.definition().description().isEmpty()) {
                text.append(": ").append(Visible.of(tool.definition().description()));
            }
            text.append("\n  ").append(tool.shown());
            text.append(runAll || always.contains(name) ? "  (runs without asking)" : "");
        }
        return text.isEmpty() ? "There are no tools; --tools FILE or --mcp COMMAND gives some." : text.toString();
    }
}
