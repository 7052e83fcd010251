package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ControlVector;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.GgufSplit;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From texts to a matrix, a quantized model, and how far it is from the original. */
class QuantizeIT {

    @TempDir
    Path folder;

    private String model = "";
    private String text = "";

    @BeforeEach
    void write() throws IOException {
        model = TinyGguf.write(
                        folder.resolve("model.gguf"), TinyGguf.builder().build().bytes())
                .toString();
        text = Files.writeString(folder.resolve("text.txt"), Corpus.prose().substring(0, 2500))
                .toString();
    }

    private static Program.Result run(String... args) {
        return Program.run(args);
    }

    @Test
    void imatrixQuantizePerplexity_goTogether() {
        String matrix = folder.resolve("matrix.gguf").toString();
        Program.Result collected = run("imatrix", matrix, text, text, "-m", model, "--chunk", "64", "--json");
        assertThat(collected.exitCode()).as(collected.err()).isZero();
        assertThat(JsonText.flat(collected.out())).containsEntry("/weights", "14");

        String output = folder.resolve("small.gguf").toString();
        Program.Result planned = run("quantize", model, output, "iq4_nl", "--imatrix", matrix, "--dry-run", "--json");
        assertThat(output).satisfies(path -> assertThat(Path.of(path)).doesNotExist());
        Program.Result quantized =
                run("quantize", model, output, "iq4_nl", "--imatrix", matrix, "--tensor-type", "attn_v=q8_0");
        assertThat(quantized.exitCode()).as(quantized.err()).isZero();
        assertThat(quantized.out()).contains("bits a weight");
        assertThat(JsonText.flat(planned.out())).containsKey("/bytesAfter").containsEntry("/type", "IQ4_NL");
        assertThat(GgufFile.open(Path.of(output))
                        .tensor("blk.0.attn_v.weight")
                        .orElseThrow()
                        .type()
                        .text())
                .isEqualTo("q8_0");

        Program.Result compared = run("perplexity", text, "-m", output, "--base", model, "--chunk", "64", "--json");
        assertThat(compared.exitCode()).as(compared.err()).isZero();
        assertThat(JsonText.flat(compared.out()))
                .containsKeys("/perplexity", "/divergence", "/divergence99.9", "/sameTop", "/sameTopError");
        Program.Result alone = run("perplexity", text, "-m", model, "--chunk", "64");
        assertThat(alone.out()).contains("perplexity ", " +/- ", "tokens ");
    }

    @Test
    void controlVector_ofPairs_isWritten() throws IOException {
        String leads = Files.writeString(folder.resolve("leads.txt"), "a good\\nday\n\na fine day\n")
                .toString();
        String away = Files.writeString(folder.resolve("away.txt"), "a bad\\nday\na poor day\n")
                .toString();
        Path file = folder.resolve("vector.gguf");
        for (String method : List.of("pca", "mean")) {
            Program.Result made =
                    run("control-vector", file.toString(), leads, away, "-m", model, "--method", method, "--json");
            assertThat(made.exitCode()).as(made.err()).isZero();
            assertThat(JsonText.flat(made.out())).containsEntry("/pairs", "2").containsEntry("/layers", "1");
            assertThat(ControlVector.load(file).layers()).isEqualTo(1);
        }
        assertThat(run("control-vector", file.toString(), leads, text, "-m", model)
                        .err())
                .contains("both need the same number");
        assertThat(run("control-vector", file.toString(), leads, away, "-m", model, "--method", "sum")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void quantizeTable_ofSeveralTypes_isAPage() throws IOException {
        Path page = folder.resolve("types.html");
        Program.Result made = run(
                "quantize",
                model,
                "--table",
                page.toString(),
                "--text",
                text,
                "--chunk",
                "64",
                "--types",
                "q4_0,q8_0,q1_0",
                "--json");
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(JsonText.flat(made.out()))
                .containsEntry("/types/0/type", "Q8_0")
                .containsEntry("/types/1/type", "Q4_0")
                .containsEntry("/types/2/type", "Q1_0")
                .containsKeys("/perplexity", "/types/0/bytes", "/types/1/divergence", "/types/1/sameTop")
                .hasEntrySatisfying(
                        "/types/2/problem", problem -> assertThat(problem).contains("no tensor type fallback"));
        String html = Files.readString(page);
        assertThat(html)
                .contains("<svg", "Perplexity", "Kullback-Leibler divergence", ">Q8_0<", ">Q4_0<", "<td>Q1_0")
                .doesNotContain("NaN", "http", "<script");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("model.gguf", "text.txt", "types.html");
        assertThat(made.err()).contains("Q1_0 could not be made: ", "no tensor type fallback");
        assertThat(run("quantize", model, "--table", page.toString(), "--text", text, "--types", "q1_0")
                        .exitCode())
                .isEqualTo(ExitCode.MODEL);
        assertThat(run("quantize", model, "--table", page.toString()).err()).contains("--text");
        assertThat(run("quantize", model).err()).contains("MODEL FILE TYPE");
    }

    @Test
    void quantizeTable_ofASplitModel_measuresAllOfIt() throws IOException {
        Path whole = Path.of(model);
        List<Path> parts = GgufSplit.byTensors(6).split(whole, folder.resolve("parts"));
        long bytes = 0;
        for (Path part : parts) {
            bytes += Files.size(part);
        }
        Map<String, String> ofParts = table(parts.get(0).toString());
        Map<String, String> ofWhole = table(model);
        assertThat(parts).hasSizeGreaterThan(1);
        assertThat(ofParts).containsEntry("/bytes", Long.toString(bytes));
        assertThat(ofWhole).containsEntry("/bytes", Long.toString(Files.size(whole)));
        for (String figure : List.of("/perplexity", "/types/0/bytes", "/types/0/divergence")) {
            assertThat(ofParts).as(figure).containsEntry(figure, ofWhole.get(figure));
        }
        assertThat(folder.toFile().list()).hasSize(parts.size() + 3);
        assertThat(run("quantize", model, "--table", "x.html", "--text", text, "--keep-split")
                        .err())
                .contains("leave out --keep-split");
    }

    @Test
    void quantizeKeepSplit_namesFilesThatAreThere() throws IOException {
        List<Path> parts = GgufSplit.byTensors(6).split(Path.of(model), folder.resolve("parts"));
        String first = parts.get(0).toString();
        Path target = folder.resolve("small.gguf");
        Program.Result made =
                run("quantize", first, target.toString(), "q8_0", "--keep-split", "--requantize", "--json");
        assertThat(made.exitCode()).as(made.err()).isZero();
        Map<String, String> json = JsonText.flat(made.out());
        for (int i = 0; i < parts.size(); i++) {
            assertThat(Path.of(json.get("/files/" + i))).exists();
        }
        assertThat(json).containsEntry("/file", json.get("/files/0"));
        String again = run("quantize", first, target.toString(), "q8_0", "--keep-split", "--requantize")
                .out();
        String last = json.get("/files/" + (parts.size() - 1));
        assertThat(again).startsWith(json.get("/file") + " to " + Path.of(last).getFileName() + ": ");
    }

    private Map<String, String> table(String of) {
        String page = folder.resolve("types.html").toString();
        Program.Result made =
                run("quantize", of, "--table", page, "--text", text, "--chunk", "64", "--types", "q8_0", "--json");
        assertThat(made.exitCode()).as(made.err()).isZero();
        return JsonText.flat(made.out());
    }

    @Test
    void quantize_whatCannotBe_saysWhy() throws IOException {
        String output = folder.resolve("small.gguf").toString();
        Program.Result low = run("quantize", model, output, "q1_0");
        assertThat(low.exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(low.err()).contains("no tensor type fallback");
        Program.Result tableless = run("quantize", model, output, "q8_0", "--chunk", "64");
        assertThat(tableless.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(tableless.err()).contains("are for --table");
        assertThat(run("quantize", model, output, "q9").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("quantize", "/nowhere.gguf", output, "q8_0").exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(run("perplexity", "/nowhere.txt").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("quantize", model, output, "q8_0", "--prune-layers", "9").err())
                .contains("pruneLayers has 9; ", "[0, 1]");
        Path encoder = Files.write(folder.resolve("encoder.gguf"), TinyPositionsGguf.ENCODER.bytes());
        assertThat(run("perplexity", text, "-m", encoder.toString(), "--chunk", "32")
                        .err())
                .contains("is an encoder, which predicts no text");
        String nowhere = folder.resolve("none/matrix.gguf").toString();
        assertThat(run("imatrix", nowhere, text, "-m", model).err()).contains(nowhere + " cannot be written");
        assertThat(Path.of(output)).doesNotExist();
    }
}
