package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.LoadGenerator;
import dev.tokapu.cli.load.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** The summary and the page of the harness's serve, from loads with known times. */
class ReportPageTest {

    private static final String SUMMARIZE = """
            import json, sys
            from pathlib import Path
            from harness import page, serve
            runs = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
            settings = {'input': '30', 'output': '11', 'rates': False, 'prefix_groups': '', 'goodput': 'ttft:500', 'rounds': 2}
            points = {'1': runs[:2], '2': runs[2:]}
            summary = serve.summary({'llama-server': points, 'a<b': points}, {'1': [110, 110], '2': [220]})
            whole = {'date': 'today', 'machine': {'cpu': 'c', 'cores': 2}, 'commit': 'abc', 'llama_cpp': {'tag': 'v'},
                     'threads': 2, 'model': {'file': 'm.gguf'}, 'serve': {**settings, **summary}}
            Path(sys.argv[2]).write_text(page.page(json.loads(json.dumps(whole))))
            print(summary['median']['a<b']['1']['output_throughput'], summary['ratio']['a<b']['1']['ideal'],
                  summary['ratio']['a<b']['2']['p99_itl_ms'], summary['median']['a<b']['2']['completed'])
            """;

    @TempDir
    private Path folder;

    private static String load(int first, int gap, String goodput) throws Exception {
        LoadOptions options = LoadOptions.parse("http://h:1", "--in", "30", "--out", "11", "--goodput", goodput);
        Arrivals oneUser = new Arrivals.Closed(1);
        FakeTarget target = new FakeTarget(first, gap).waiting();
        Result result = new LoadGenerator(target, target, options.goal(), 5)
                .run(options.workload().requests(20, 2), oneUser, 1);
        return LoadReport.json(options, oneUser, 20, result, "{}");
    }

    /** Two rounds of one user, whose 11 tokens come in 200 and 180 ms, and one of two, in 400 ms. Returns what is printed. */
    private String[] summarize(String goodput) throws Exception {
        Path loads = folder.resolve("loads.jsonl");
        Files.write(loads, List.of(load(100, 10, goodput), load(100, 8, goodput), load(200, 20, goodput)));
        return Harness.python(SUMMARIZE, loads, page()).get(0).split(" ", -1);
    }

    private Path page() {
        return folder.resolve("page.html");
    }

    private Document document() throws Exception {
        return Harness.parse(Files.readString(page()));
    }

    @Test
    void medians_andRatios() throws Exception {
        String[] figures = summarize("ttft:500");
        assertThat(Double.parseDouble(figures[0])).isCloseTo((11 / 0.2 + 11 / 0.18) / 2, within(1e-6));
        assertThat(figures[1]).isEqualTo("0.5278");
        assertThat(figures[2]).isEqualTo("1.0");
        assertThat(figures[3]).isEqualTo("20");
    }

    @Test
    void page_isWellFormed_andNeedsNothingElse() throws Exception {
        summarize("ttft:500");
        assertThat(Files.readString(page()))
                .contains("a&lt;b", "prefers-color-scheme")
                .doesNotContain("http", "<script", "url(");
        assertThat(document().getElementsByTagName("figure").getLength()).isEqualTo(10);
        assertThat(document().getElementsByTagName("tr").getLength()).isEqualTo(7);
    }

    @Test
    void goodputOfNothing_isPlottedAsZero() throws Exception {
        summarize("ttft:500");
        int points = document().getElementsByTagName("circle").getLength();
        summarize("ttft:150");
        assertThat(document().getElementsByTagName("circle").getLength()).isEqualTo(points);
        summarize("ttft:1");
        assertThat(document().getElementsByTagName("circle").getLength()).isEqualTo(points);
    }
}
