package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/llama-server-tests.md names tests that exist, and has a cell for each test of llama-server. */
class ServerTestTableTest {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`");
    private static final Pattern ROW =
            Pattern.compile("^\\| (\\w+)(?: \\((\\d+)\\))? \\| .+ \\| .+ \\|$", Pattern.MULTILINE);
    private static final Pattern COUNTS = Pattern.compile("has (\\d+) tests of its server with (\\d+) cases");

    @Test
    void testsThatAreNamed_exist() throws IOException {
        List<String> missing = missing(table(), testClasses());
        assertThat(missing).isEmpty();
    }

    @Test
    void testThatIsNotThere_isMissing() throws IOException {
        assertThat(missing("`NoSuchIT`, `DocsTest.noSuchMethod`, `DocsTest.region`, `limit`", testClasses()))
                .containsExactly("NoSuchIT", "DocsTest.noSuchMethod", "DocsTest.region");
    }

    @Test
    void rows_areAsManyAsTheyAreSaidToBe() throws IOException {
        String table = table();
        List<MatchResult> rows = ROW.matcher(table)
                .results()
                .filter(row -> !row.group(1).equals("test"))
                .toList();
        int cases = rows.stream()
                .mapToInt(row -> row.group(2) == null ? 1 : Integer.parseInt(row.group(2)))
                .sum();
        assertThat(COUNTS.matcher(table).results().map(MatchResult::group))
                .containsExactly("has " + rows.size() + " tests of its server with " + cases + " cases");
    }

    private static String table() throws IOException {
        return Files.readString(ROOT.resolve("docs/llama-server-tests.md"));
    }

    private static List<String> missing(String text, Map<String, List<String>> classes) {
        List<String> missing = new ArrayList<>();
        NAME.matcher(text).results().forEach(name -> {
            String method = name.group(2);
            List<String> sources = classes.getOrDefault(name.group(1), List.of());
            Pattern declared = Pattern.compile("\\svoid " + method + "\\(");
            if (sources.isEmpty()
                    || (method != null
                            && sources.stream()
                                    .noneMatch(
                                            source -> declared.matcher(source).find()))) {
                missing.add(name.group().replace("`", ""));
            }
        });
        return missing;
    }

    /** The sources of all tests by the names of their classes, of which modules may have the same. */
    private static Map<String, List<String>> testClasses() throws IOException {
        Map<String, List<String>> classes = new HashMap<>();
        for (String module : List.of("java-api", "server", "cli")) {
            Files.walkFileTree(ROOT.resolve(module), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    String name = folder.getFileName().toString();
                    return name.equals("target") || name.equals("node_modules") || name.equals("main")
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".java")) {
                        classes.computeIfAbsent(name.substring(0, name.length() - 5), key -> new ArrayList<>())
                                .add(Files.readString(file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return classes;
    }
}
