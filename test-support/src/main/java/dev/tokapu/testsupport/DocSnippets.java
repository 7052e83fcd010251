package dev.tokapu.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The Java code that a page of docs/ shows, to be compared with the example that it is from. Paths are those of the repository
 * ({@code -Dtokapu.root}); indentation and empty lines do not count.
 *
 * <p>Thread safety: safe, no state.
 */
public final class DocSnippets {

    private DocSnippets() {}

    /** The blocks of code that stand right behind a mark, such as {@code <!-- structured -->\n}; an empty mark for all. */
    public static List<String> of(String page, String mark) {
        return Pattern.compile(Pattern.quote(mark) + "```java\n(.*?)```", Pattern.DOTALL)
                .matcher(read(page))
                .results()
                .map(match -> stripped(match.group(1)))
                .toList();
    }

    /** The code of an example. */
    public static String example(String file) {
        return stripped(read(file));
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(System.getProperty("tokapu.root")).resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String stripped(String code) {
        return code.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce("", (a, b) -> a + b + "\n");
    }
}
