package dev.tokapu.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments that {@code tokapu.cmd} leaves in the environment. {@code main} gets them in the system's code page, where each
 * letter that it lacks is a question mark; variables are UTF-16.
 */
final class WindowsArguments {

    static final String VARIABLE = "TOKAPU_ARGUMENTS";

    private final String text;
    private int at;

    private WindowsArguments(String text) {
        this.text = text;
    }

    /** {@code args} where there are any: another program than the script started this one. */
    static String[] of(String[] args, @Nullable String variable) {
        return args.length > 0 || variable == null ? args : new WindowsArguments(variable).all();
    }

    private String[] all() {
        List<String> list = new ArrayList<>();
        skipBlanks();
        while (at < text.length()) {
            list.add(next());
            skipBlanks();
        }
        return list.toArray(new String[0]);
    }

    /** As the C library of Microsoft takes a command line apart: backslashes mean something only before a quotation mark. */
    private String next() {
        StringBuilder argument = new StringBuilder();
        boolean quoted = false;
        while (at < text.length() && (quoted || !isBlank(text.charAt(at)))) {
            int backslashes = run('\\');
            if (at == text.length() || text.charAt(at) != '"') {
                argument.append("\\".repeat(backslashes));
                if (backslashes == 0) {
                    argument.append(text.charAt(at++));
                }
                continue;
            }
            argument.append("\\".repeat(backslashes / 2));
            at++;
            if (backslashes % 2 == 1) {
                argument.append('"');
            } else if (quoted && at < text.length() && text.charAt(at) == '"') {
                argument.append('"');
                at++;
            } else {
                quoted = !quoted;
            }
        }
        return argument.toString();
    }

    private int run(char c) {
        int begin = at;
        while (at < text.length() && text.charAt(at) == c) {
            at++;
        }
        return at - begin;
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
