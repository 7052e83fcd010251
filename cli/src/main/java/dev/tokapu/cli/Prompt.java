package dev.tokapu.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a prompt comes from. */
final class Prompt {

    private Prompt() {}

    /** The words of the command line, or all of stdin for {@code -} and for none. */
    static String of(@Nullable List<String> words, Console console) {
        String text;
        if (words == null || words.equals(List.of("-"))) {
            if (words == null && console.inputIsTerminal()) {
                console.note("Reading the text from the keyboard; " + Console.END_KEYS + " ends it.");
            }
            text = console.readAll();
        } else {
            text = String.join(" ", words);
        }
        if (text.isEmpty()) {
            throw new CliException(ExitCode.USAGE, "the text is empty; give it as an argument or on standard input");
        }
        return text;
    }
}
