package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No text depends on the locale that Java was started in, whatever becomes of it: a file name, a key, JSON or a message. Digits of other
 * scripts, a comma in a number and the dotless i broke each of these once.
 */
class FormatRuleTest {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Set<String> LEFT_OUT = Set.of("target", "node_modules", ".git", "gen");
    private static final Pattern OF_THE_LOCALE = Pattern.compile("String\\.format\\(\\s*+(?!Locale\\.ROOT)"
            + "|\\.printf\\(\\s*+(?!Locale\\.ROOT)"
            + "|\\.formatted\\("
            + "|\\.to(Lower|Upper)Case\\(\\)"
            + "|new (Formatter|DecimalFormat|SimpleDateFormat|MessageFormat)\\("
            + "|NumberFormat\\.get\\w*\\(\\)"
            + "|DateTimeFormatter\\.ofPattern\\([^,()]*\\)");

    private static List<String> found(String name, String code) {
        List<String> found = new ArrayList<>();
        Matcher matcher = OF_THE_LOCALE.matcher(code);
        while (matcher.find()) {
            long line = code.substring(0, matcher.start()).lines().count();
            found.add(name + ':' + line + ' ' + matcher.group().strip());
        }
        return found;
    }

    private static void search(Path folder, List<String> found) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : children.toList()) {
                String name = String.valueOf(child.getFileName());
                boolean isTest = child.endsWith("src/test");
                if (Files.isDirectory(child) && !Files.isSymbolicLink(child)) {
                    if (!LEFT_OUT.contains(name) && !isTest) {
                        search(child, found);
                    }
                } else if (name.endsWith(".java")) {
                    found.addAll(found(ROOT.relativize(child).toString(), Files.readString(child)));
                }
            }
        }
    }

    @Test
    void sources_ofAllModules_formatForNoLocale() throws IOException {
        List<String> found = new ArrayList<>();
        search(ROOT, found);
        assertThat(found).as("give Locale.ROOT").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "String.format(\"%05d\", 1)",
                "String.format(\n    \"%d\", 1)",
                "out.printf(\"%d\", 1)",
                "\"%d\".formatted(1)",
                "text.toLowerCase()",
                "new DecimalFormat(\"0\")",
                "DateTimeFormatter.ofPattern(\"yyyy\")"
            })
    void rule_findsWhatDependsOnTheLocale(String code) {
        assertThat(found("x", code)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "String.format(Locale.ROOT, \"%05d\", 1)",
                "String.format(\n    Locale.ROOT, \"%d\", 1)",
                "out.printf(Locale.ROOT, \"%d\", 1)",
                "text.toLowerCase(Locale.ROOT)",
                "DateTimeFormatter.ofPattern(\"yyyy\", Locale.ROOT)"
            })
    void rule_letsOthersPass(String code) {
        assertThat(found("x", code)).isEmpty();
    }
}
