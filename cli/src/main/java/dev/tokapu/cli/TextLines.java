package dev.tokapu.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where texts come from that a command takes several of. */
final class TextLines {

    private TextLines() {}

    /** The arguments, or the lines of stdin that are not blank for {@code -} and for none. */
    static List<String> of(@Nullable List<String> arguments, String what, Console console) {
        List<String> texts = arguments;
        if (texts == null || texts.equals(List.of("-"))) {
            if (texts == null && console.inputIsTerminal()) {
                console.note("Reading " + what + " from the keyboard, one a line; " + Console.END_KEYS + " ends it.");
            }
            texts = console.readAllUtf8()
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        }
        if (texts.isEmpty()) {
            throw new CliException(
                    ExitCode.USAGE, "there are no " + what + "; give them as arguments or as lines on standard input");
        }
        return texts;
    }
}
