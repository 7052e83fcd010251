package dev.tokapu.raw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The functions that a C header declares, read from its text. */
final class Headers {

    private static final Pattern COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern DIRECTIVE = Pattern.compile("(?m)^[ \t]*#(?:[^\n]*\\\\\n)*[^\n]*$");
    private static final Pattern DEPRECATED = Pattern.compile("\\b(?:GGML_)?DEPRECATED\\(");
    private static final Pattern DECLARATION = Pattern.compile(
            "\\b(?:LLAMA_API|GGML_API|GGML_BACKEND_API|MTMD_API)\\b[^;{}()]*?\\b(\\w+)\\s*\\(", Pattern.DOTALL);

    private Headers() {}

    /** Names of the API functions of a header that are not deprecated, in C (what only C++ sees is left out). */
    static Set<String> functions(Path header) throws IOException {
        String text = Files.readString(header);
        text = COMMENT.matcher(text).replaceAll("");
        text = cOnly(text);
        text = DIRECTIVE.matcher(text).replaceAll("");
        text = withoutDeprecated(text);
        Set<String> names = new TreeSet<>();
        Matcher matcher = DECLARATION.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    /** Drops what lies between {@code #ifdef __cplusplus} and its {@code #endif}. */
    private static String cOnly(String text) {
        StringBuilder kept = new StringBuilder();
        int depth = 0;
        int cplusplus = 0;
        for (String line : text.split("\n", -1)) {
            String directive = line.strip().replace(" ", "");
            if (directive.startsWith("#if")) {
                depth++;
                if (cplusplus == 0 && directive.equals("#ifdef__cplusplus")) {
                    cplusplus = depth;
                }
            }
            if (cplusplus == 0) {
                kept.append(line).append('\n');
            }
            if (directive.startsWith("#endif")) {
                if (cplusplus == depth) {
                    cplusplus = 0;
                }
                depth--;
            }
        }
        return kept.toString();
    }

    private static String withoutDeprecated(String text) {
        StringBuilder kept = new StringBuilder();
        int from = 0;
        Matcher matcher = DEPRECATED.matcher(text);
        while (matcher.find(from)) {
            kept.append(text, from, matcher.start());
            int end = matcher.end();
            for (int depth = 1; depth > 0; end++) {
                depth += text.charAt(end) == '(' ? 1 : text.charAt(end) == ')' ? -1 : 0;
            }
            // An API macro may stand before DEPRECATED: the semicolon ends it.
            from = end;
        }
        return kept.append(text.substring(from)).toString();
    }
}
