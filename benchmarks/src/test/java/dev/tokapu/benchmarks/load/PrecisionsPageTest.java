package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The public page, docs/performance.html: what is in the figures, and nothing that is not. */
class PrecisionsPageTest {

    private static final Path PAGE = Path.of("../docs/performance.html");
    private static final String PAGE_OF = """
            import sys
            from pathlib import Path
            from harness import precisions
            print(precisions.page(*precisions.read(Path(sys.argv[1]), Path(sys.argv[2]))))
            """;
    private static final String ROWS = """
            [1, "engine, FFM", 150, 0.9, 1.1], [1, "llama-server, `SPLIT`, micro-batch 2048", 140, 0.8, 1.0], [1, "ideal, `UNIFIED`, micro-batch 512", 160, null, null],
            [8, "engine, FFM", 900, 0.9, 1.1], [64, "engine, FFM", 3000, 0.9, 1.1]""";
    private static final String PUBLISHED = """
            [{"system": "vLLM 1", "precision": "bf16", "users": 4, "output_tokens_per_second": 580, "device": "H100", "model": "m", "load": "a<b",
              "note": "n", "source": "s", "url": "https://example.org/1"},
             {"system": "vLLM 2", "precision": "fp8", "users": null, "output_tokens_per_second": 5777, "device": "H100", "model": "m", "load": "l",
              "note": "n", "source": "s", "url": "https://example.org/2"}]""";

    @TempDir
    private Path folder;

    private Document page(String device, String moreColumns, String rows) throws Exception {
        Files.writeString(folder.resolve("gpu-serve-bf16.json"), """
                {"machine": "%s, driver 1, 16 cores", "model": "8b-bf16.gguf", "commit": "abc", "llama_cpp": "v", "date": "2026-11-30",
                 "load": "512 tokens in, 128 out", "raw": [],
                 "columns": ["users", "system", "output tokens/s", "of the ideal", "x llama-server"%s],
                 "rows": [%s]}
                """.formatted(device, moreColumns, rows));
        Path published = Files.writeString(folder.resolve("published"), PUBLISHED);
        return Harness.parse(String.join("\n", Harness.python(PAGE_OF, folder, published)));
    }

    private static List<String> texts(Document page, String tag, String inIt) {
        NodeList found = page.getElementsByTagName(tag);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            if (found.item(i).getTextContent().contains(inIt)) {
                texts.add(found.item(i).getTextContent());
            }
        }
        return texts;
    }

    /** The numbers of points of lines that have a class, of the figure with a caption. */
    private static List<Integer> lines(Document page, String caption, String style) {
        NodeList figures = page.getElementsByTagName("figure");
        List<Integer> points = new ArrayList<>();
        for (int i = 0; i < figures.getLength(); i++) {
            Element figure = (Element) figures.item(i);
            NodeList lines = figure.getElementsByTagName("polyline");
            for (int k = 0; k < lines.getLength(); k++) {
                Element line = (Element) lines.item(k);
                if (figure.getFirstChild().getTextContent().equals(caption)
                        && line.getAttribute("class").equals(style)) {
                    points.add(line.getAttribute("points").split(" ", -1).length);
                }
            }
        }
        return points;
    }

    @Test
    void page_isThatOfTheFigures() throws Exception {
        String code = """
                from harness import figures, precisions
                print(figures.PUBLIC_PAGE.read_text() == precisions.page(*precisions.read(figures.FIGURES, figures.PUBLISHED)))
                """;
        assertThat(Harness.python(code))
                .as("docs/performance.html: run benchmarks/run.py figures")
                .containsExactly("True");
    }

    @Test
    void page_isWellFormed_runsNoScript_andLoadsNothing() throws Exception {
        String text = Files.readString(PAGE);
        assertThat(text).contains("prefers-color-scheme").doesNotContain("<script", "url(", "src=", "<link");
        assertThat(Harness.parse(text).getElementsByTagName("figure").getLength())
                .isPositive();
    }

    @Test
    void whatWasNotMeasured_isSaid_andNoLineGoesOverIt() throws Exception {
        Document page = page("NVIDIA H200", "", ROWS);
        // 1 to 8 is a line, 64 a point of its own.
        assertThat(lines(page, "Output tokens per second", "s c0")).containsExactly(2);
        // Of 6 numbers of users and 4 systems 5 were measured.
        assertThat(texts(page, "td", "not measured")).hasSize(6 * 4 - 5);
        assertThat(texts(page, "dd", "Tokapu, JNI at 1, 8, 32, 64, 128, 256")).hasSize(1);
        assertThat(texts(page, "p", "Not measured.")).as("Q4_0, Q8_0 and F16").hasSize(3);
        assertThat(texts(page, "td", "llama-server, SPLIT, micro-batch 2048")).hasSize(1);
        assertThat(texts(page, "td", "ideal, UNIFIED, micro-batch 512")).hasSize(1);
    }

    @Test
    void otherNumbersOfUsers_standBetween() throws Exception {
        Document page = page("NVIDIA H200", "", ROWS + ", [16, \"engine, FFM\", 1200, 0.9, 1.1]");
        assertThat(lines(page, "Output tokens per second", "s c0"))
                .as("1, 8, 16 and not 32")
                .containsExactly(3);
        assertThat(texts(page, "td", "not measured")).hasSize(7 * 4 - 6);
    }

    @Test
    void roofline_isAboveWhatWasMeasured_andOnlyOfKnownDevices() throws Exception {
        Document known = page("NVIDIA H200", "", ROWS);
        assertThat(lines(known, "Output tokens per second", "s c5 dash")).containsExactly(6);
        assertThat(texts(known, "td", "roofline")).hasSize(6);
        Document unknown = page("A GPU", "", ROWS);
        assertThat(lines(unknown, "Output tokens per second", "s c5 dash")).isEmpty();
        assertThat(texts(unknown, "dd", "the bandwidth of A GPU is not in")).hasSize(1);
    }

    @Test
    void published_standsBeside_withItsConditions() throws Exception {
        Document page = page("NVIDIA H200", "", ROWS);
        assertThat(texts(page, "title", "vLLM 1, H100, a<b: 580")).hasSize(1);
        assertThat(texts(page, "title", "5,777")).as("FP8 has no plot").isEmpty();
        assertThat(texts(page, "td", "5,777")).hasSize(1);
        assertThat(page.getElementsByTagName("a").getLength()).isEqualTo(5 + 2);
    }

    @Test
    void energy_isPlottedWhereItWasCounted() throws Exception {
        assertThat(texts(page("NVIDIA H200", "", ROWS), "figcaption", "joule")).isEmpty();
        String rows = "[1, \"engine, FFM\", 150, 0.9, 1.1, 0.5], [8, \"engine, FFM\", 900, 0.9, 1.1, 1.5]";
        assertThat(texts(page("NVIDIA H200", ", \"tokens/J\"", rows), "figcaption", "joule"))
                .hasSize(1);
    }
}
