package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of docs/performance.md equal what benchmarks/run.py figures writes from benchmarks/figures. */
class FiguresTest {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path FIGURES = ROOT.resolve("benchmarks/figures");
    private static final Pattern TABLE =
            Pattern.compile("<!-- figures (\\S+) -->\n(.*?)<!-- end -->\n", Pattern.DOTALL);
    private static final int MAX_LINES = 60;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    @Test
    void tables_areThoseOfTheFigures() throws IOException {
        Matcher table = TABLE.matcher(page());
        while (table.find()) {
            assertThat(table.group(2))
                    .as("table %s: run benchmarks/run.py figures", table.group(1))
                    .isEqualTo(rendered(figures(table.group(1))));
        }
    }

    @Test
    void page_showsEveryFigureOnce_andNoOtherTable() throws IOException {
        List<String> shown =
                TABLE.matcher(page()).results().map(table -> table.group(1)).toList();
        assertThat(shown).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(shown)).isEqualTo(names());
        assertThat(TABLE.matcher(page()).replaceAll("")).doesNotContainPattern("(?m)^\\|");
    }

    @Test
    void figures_areShort() throws IOException {
        for (String name : names()) {
            assertThat(Files.readAllLines(FIGURES.resolve(name + ".json")))
                    .as(name)
                    .hasSizeLessThanOrEqualTo(MAX_LINES);
        }
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/performance.md"));
    }

    private static Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(FIGURES)) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Map<?, ?> figures(String name) throws IOException {
        return JSON.readValue(FIGURES.resolve(name + ".json").toFile(), Map.class);
    }

    private static String rendered(Map<?, ?> figures) {
        List<?> columns = (List<?>) figures.get("columns");
        StringBuilder text = new StringBuilder(line(columns)).append('|');
        text.append("---|".repeat(columns.size())).append('\n');
        for (Object row : (List<?>) figures.get("rows")) {
            text.append(line((List<?>) row));
        }
        return text.append('\n')
                .append("%s;%n".formatted(figures.get("load")))
                .append("%s; %s;%n".formatted(figures.get("machine"), figures.get("model")))
                .append("%s, commit %s, llama.cpp %s.%n"
                        .formatted(figures.get("date"), figures.get("commit"), figures.get("llama_cpp")))
                .toString();
    }

    private static String line(List<?> cells) {
        return cells.stream().map(FiguresTest::cell).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String cell(Object value) {
        if (value instanceof Number number) {
            BigDecimal decimal = new BigDecimal(number.toString());
            return String.format(Locale.ROOT, "%,." + decimal.scale() + "f", decimal);
        }
        return value == null ? "" : value.toString();
    }
}
