package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.testsupport.MiniLm;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code embed} and {@code rerank}. */
@Timeout(300)
class VectorsIT {

    private static final String SEA = "the sea";

    @TempDir
    static Path folder;

    private static FakeConsole run(String input, int exitCode, String... args) {
        FakeConsole fake = new FakeConsole(input);
        assertThat(fake.run(args)).as(fake.err()).isEqualTo(exitCode);
        return fake;
    }

    private static String file(TinyPositionsGguf kind) throws IOException {
        return Files.write(folder.resolve(kind + ".gguf"), kind.bytes()).toString();
    }

    @Test
    void embed_realModel_findsWhatMeansTheSame() {
        String model = MiniLm.F16.file().toString();
        String[] rows = run(
                        "",
                        0,
                        "embed",
                        "-m",
                        model,
                        "--similarity",
                        "The cat sleeps.",
                        "A kitten naps.",
                        "Prices rise.")
                .out()
                .split("\n", -1);
        assertThat(rows).hasSize(4);
        List<Double> first = List.of(rows[0].trim().split(" +", -1)).stream()
                .map(Double::valueOf)
                .toList();
        assertThat(first).hasSize(3);
        assertThat(first.get(0)).isEqualTo(1);
        assertThat(first.get(1)).isGreaterThan(first.get(2) + 0.2);
    }

    @Test
    void embed_texts_haveALineEach() throws IOException {
        String model = file(TinyPositionsGguf.ENCODER);
        String out = run("", 0, "embed", "-m", model, SEA, "a bird").out();
        assertThat(out).hasLineCount(2);
        assertThat(run(SEA + "\n\na bird\n", 0, "embed", "-m", model).out()).isEqualTo(out);
        String[] numbers = out.lines().findFirst().orElseThrow().split(" ", -1);
        assertThat(numbers).hasSize(64);
        String some = run("", 0, "embed", "-m", model, "--dimensions", "8", SEA).out();
        assertThat(some.trim().split(" ", -1)).hasSize(8);
        assertThat(run("", 0, "embed", "-m", model, "--prefix", "the ", "sea").out())
                .isEqualTo(run("", 0, "embed", "-m", model, SEA).out());
        String tokens =
                run("", 0, "embed", "-m", model, "--pooling", "NONE", SEA).out();
        assertThat(tokens).endsWith("\n\n");
        assertThat(tokens.lines().count()).isGreaterThan(3);
    }

    @Test
    void embed_manyTexts_comeInTheirOrder() throws IOException {
        String model = file(TinyPositionsGguf.ENCODER);
        String many = "a\n".repeat(2047) + SEA + "\n" + "a\n" + SEA + "\n";
        List<String> lines = run(many, 0, "embed", "-m", model, "--dimensions", "4")
                .out()
                .lines()
                .toList();
        List<String> alone = run("a\n" + SEA, 0, "embed", "-m", model, "--dimensions", "4")
                .out()
                .lines()
                .toList();
        assertThat(lines).hasSize(2050);
        for (int i : new int[] {2047, 2049}) {
            double[] numbers = numbers(lines.get(i));
            assertThat(numbers).containsExactly(numbers(alone.get(1)), within(0.02));
        }
        assertThat(numbers(lines.get(2048))).containsExactly(numbers(alone.get(0)), within(0.02));
    }

    private static double[] numbers(String line) {
        return Stream.of(line.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
    }

    @Test
    void embed_json_hasTextsAndVectors() throws IOException {
        Map<String, String> json = JsonText.flat(
                run("", 0, "embed", "-m", file(TinyPositionsGguf.ENCODER), "--json", "--similarity", SEA, SEA)
                        .out());
        assertThat(json)
                .containsEntry("/dimensions", "64")
                .containsEntry("/embeddings/1/text", SEA)
                .containsKey("/embeddings/1/embedding/63")
                .containsKey("/similarities/1/1");
        assertThat(Double.parseDouble(json.get("/similarities/0/1"))).isCloseTo(1, within(1e-5));
    }

    @Test
    void embed_jsonOfManyTexts_isPrintedTextByText() throws IOException {
        AtomicInteger longest = new AtomicInteger();
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                longest.accumulateAndGet(length, Math::max);
                super.write(bytes, from, length);
            }
        };
        Console console = new Console(
                new ByteArrayInputStream("a\nb\n".repeat(1050).getBytes(StandardCharsets.UTF_8)),
                out,
                System.err,
                false,
                false,
                false);
        String model = file(TinyPositionsGguf.ENCODER);
        assertThat(Main.run(console, "embed", "-m", model, "--json", "--dimensions", "2"))
                .isZero();
        assertThat(longest.get()).isLessThan(200);
        assertThat(JsonText.flat(out.toString(StandardCharsets.UTF_8)))
                .containsEntry("/embeddings/2098/text", "a")
                .containsEntry("/embeddings/2099/text", "b")
                .containsKey("/embeddings/2099/embedding/1");
    }

    @Test
    void embed_wrongUse_saysWhatToDo() throws IOException {
        String ranking = file(TinyPositionsGguf.RANKING);
        String encoder = file(TinyPositionsGguf.ENCODER);
        assertThat(run("", ExitCode.USAGE, "embed", SEA).err()).contains("give --pooling MEAN");
        assertThat(run("", ExitCode.MODEL, "embed", "-m", ranking, SEA).err()).contains("Reranker");
        assertThat(run("", ExitCode.USAGE, "embed", "-m", encoder).err()).contains("there are no texts");
        FakeConsole tooLong = run(SEA + "\n" + "ab".repeat(100), ExitCode.PROMPT, "embed", "-m", encoder);
        assertThat(tooLong.err()).contains("text 2 of 2", "--long-texts");
        assertThat(tooLong.out()).isEmpty();
        assertThat(run("", 0, "embed", "-m", encoder, "--long-texts", "split", "ab".repeat(100))
                        .out())
                .hasLineCount(1);
    }

    @Test
    void rerank_documents_comeBestFirst() throws IOException {
        String model = file(TinyPositionsGguf.RANKING);
        List<String> lines = run("", 0, "rerank", "-m", model, SEA, "water", "a bird", "salt")
                .out()
                .lines()
                .toList();
        assertThat(lines).hasSize(3).isSortedAccordingTo((a, b) -> Double.compare(score(b), score(a)));
        assertThat(run("water\na bird\nsalt\n", 0, "rerank", "-m", model, SEA, "--top-n", "1")
                        .out()
                        .strip())
                .isEqualTo(lines.get(0).strip());
        assertThat(run("", 0, "rerank", "-m", model, SEA, "a\nbird", "salt").out())
                .hasLineCount(2)
                .contains("  a bird\n");
        Map<String, String> json = JsonText.flat(run("", 0, "rerank", "-m", model, "--json", SEA, "water", "a bird")
                .out());
        assertThat(json).containsKeys("/results/0/score", "/results/1/index", "/results/1/document");
    }

    private static double score(String line) {
        return Double.parseDouble(line.strip().split(" ", -1)[0]);
    }

    @Test
    void rerank_wrongUse_saysWhatToDo() throws IOException {
        assertThat(run("", ExitCode.MODEL, "rerank", SEA, "water").err()).contains("classification head");
        String ranking = file(TinyPositionsGguf.RANKING);
        assertThat(run("", ExitCode.USAGE, "rerank", "-m", ranking, SEA, "--top-n", "0", "x")
                        .err())
                .contains("--top-n 0");
        String longText = "ab".repeat(200);
        assertThat(run("", ExitCode.PROMPT, "rerank", "-m", ranking, SEA, "x", longText)
                        .err())
                .contains("text 2 of 2", "--truncate");
        assertThat(run("", ExitCode.PROMPT, "rerank", "-m", ranking, longText, "--truncate", "x")
                        .err())
                .contains("the query leaves no room")
                .doesNotContain("--truncate");
        assertThat(run("", 0, "rerank", "-m", ranking, SEA, "--truncate", "x", longText)
                        .out())
                .hasLineCount(2);
    }
}
