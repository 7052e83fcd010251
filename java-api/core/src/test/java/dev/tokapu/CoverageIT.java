package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/coverage.md says what it says: compared with llama.h, with the native code and with the Java classes. */
@Tag("checkout") // reads the sources
class CoverageIT {

    private static final Path ROOT = Path.of(System.getProperty("tokapu.root"));
    private static final Pattern ROW = Pattern.compile("^\\| `(llama_\\w+)` \\| (.*?) ?\\| (.*?) ?\\|$");
    private static final List<String> PACKAGES = List.of(
            "dev.tokapu.",
            "dev.tokapu.chat.",
            "dev.tokapu.completion.",
            "dev.tokapu.device.",
            "dev.tokapu.quantize.",
            "dev.tokapu.sampling.",
            "dev.tokapu.source.");

    private record Row(String function, String java, String reason) {}

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String line : read(ROOT.resolve("docs/coverage.md")).split("\n", -1)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.add(
                        new Row(row.group(1), row.group(2).strip(), row.group(3).strip()));
            }
        }
        return rows;
    }

    private static List<String> functions() {
        Path source =
                Path.of(read(ROOT.resolve("native/target/llama-source.path")).strip());
        String header = read(source.resolve("include/llama.h"))
                .replaceAll("//[^\n]*", "")
                .replaceAll("(?s)/\\*.*?\\*/", "");
        Matcher declaration = Pattern.compile("LLAMA_API\\s+(?:DEPRECATED\\s*\\()?[^;]*?\\b(llama_\\w+)\\s*\\(")
                .matcher(header);
        List<String> names = new ArrayList<>();
        while (declaration.find()) {
            names.add(declaration.group(1));
        }
        return names;
    }

    private static String shim() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("native/src"))) {
            StringBuilder all = new StringBuilder();
            files.filter(Files::isRegularFile).sorted().forEach(file -> all.append(read(file)));
            return all.toString();
        }
    }

    private static boolean exists(String member) {
        String className = member.substring(0, member.indexOf('.'));
        String method = member.substring(member.indexOf('.') + 1);
        return PACKAGES.stream()
                .map(name -> type(name + className))
                .flatMap(Optional::stream)
                .anyMatch(type -> Arrays.stream(type.getMethods())
                        .anyMatch(m -> m.getName().equals(method)));
    }

    private static Optional<Class<?>> type(String name) {
        try {
            return Optional.of(Class.forName(name));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    @Test
    void rows_functions_areThoseOfTheHeader() {
        assertThat(functions()).hasSizeGreaterThan(200);
        assertThat(rows()).extracting(Row::function).containsExactlyElementsOf(functions());
    }

    @Test
    void rows_javaOrReason_isOneOfThem() throws IOException {
        String shim = shim();
        for (Row row : rows()) {
            assertThat(row.java().isEmpty())
                    .as(row.toString())
                    .isNotEqualTo(row.reason().isEmpty());
            boolean called = Pattern.compile("\\b" + row.function() + "\\b")
                    .matcher(shim)
                    .find();
            assertThat(called)
                    .as(row + " is called by native/src")
                    .isEqualTo(!row.java().isEmpty());
        }
    }

    @Test
    void rows_javaMembers_exist() {
        List<String> missing = new ArrayList<>();
        for (Row row : rows()) {
            Matcher member =
                    Pattern.compile("`([A-Z]\\w+\\.\\w+)(?:\\(\\))?`").matcher(row.java() + " " + row.reason());
            while (member.find()) {
                if (!exists(member.group(1))) {
                    missing.add(row.function() + ": " + member.group(1));
                }
            }
        }
        assertThat(missing).isEmpty();
    }
}
