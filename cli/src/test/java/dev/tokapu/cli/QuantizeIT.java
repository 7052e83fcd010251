package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.gguf.GgufFile;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void quantize_whatCannotBe_saysWhy() {
        String output = folder.resolve("small.gguf").toString();
        Program.Result low = run("quantize", model, output, "q1_0");
        assertThat(low.exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(low.err()).contains("no tensor type fallback");
        assertThat(run("quantize", model, output, "q9").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("quantize", "/nowhere.gguf", output, "q8_0").exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(run("perplexity", "/nowhere.txt").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Path.of(output)).doesNotExist();
    }
}
