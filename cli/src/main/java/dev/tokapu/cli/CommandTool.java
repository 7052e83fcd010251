package dev.tokapu.cli;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A tool that is a command of this machine. No shell sees it: each of its words is one argument of the program, whatever the
 * model writes into it.
 *
 * @param definition what the model reads
 * @param words program and arguments; {@code {name}} stands for an argument of the call
 * @param timeout how long a call may take
 */
record CommandTool(ToolDefinition definition, List<String> words, Duration timeout) implements ChatTool {

    static final Pattern PLACEHOLDER = Pattern.compile("\\{([\\p{L}\\p{N}_-]+)\\}");

    /**
     * The command of one call. A word with an argument that the call does not have is left out.
     *
     * @param json the arguments of the call
     */
    List<String> command(String json) {
        Map<?, ?> arguments = !json.isBlank() && Json.read(json) instanceof Map<?, ?> map ? map : Map.of();
        List<String> command = new ArrayList<>();
        for (String word : words) {
            Matcher placeholder = PLACEHOLDER.matcher(word);
            boolean known = placeholder.results().allMatch(found -> arguments.get(found.group(1)) != null);
            if (known) {
                command.add(placeholder
                        .reset()
                        .replaceAll(found -> Matcher.quoteReplacement(text(arguments.get(found.group(1))))));
            }
        }
        return command;
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : Json.of(value);
    }

    /** The command, the arguments as JSON on its standard input. */
    @Override
    public Tool tool() {
        return Tool.of(definition, json -> CommandRun.of(command(json), json)).withTimeout(timeout);
    }

    @Override
    public String shown(String arguments) {
        return "$ " + Visible.command(command(arguments));
    }

    @Override
    public String shown() {
        return "$ " + Visible.command(words);
    }
}
