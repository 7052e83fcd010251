package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.completion.Estimate;
import dev.tokapu.completion.KlDivergence;
import dev.tokapu.quantize.FileType;
import dev.tokapu.quantize.Quantizer;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.Oracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link KlDivergence} of a quantized model from the original, compared with what llama-perplexity prints. */
class KlDivergenceIT {

    private static final int CHUNK = 128;
    private static final String TEXT = Corpus.prose().substring(0, 4900);
    private static final ContextOptions OPTIONS = ContextOptions.builder()
            .threads(Reference.THREADS)
            .batchThreads(Reference.THREADS)
            .build();

    @TempDir
    Path folder;

    @Test
    void of_quantizedModel_printsTheDigitsOfTheTool() throws IOException {
        Path base = Reference.TINY.file();
        Path quantized = folder.resolve("quantized.gguf");
        Quantizer.quantize(base, quantized, FileType.Q4_0);
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
        String expected = ask(base, quantized, text);
        try (Model one = Model.load(base);
                Model other = Model.load(quantized)) {
            KlDivergence divergence = KlDivergence.of(one, other, TEXT, CHUNK, OPTIONS, progress -> true);
            assertThat(lines(divergence))
                    .allSatisfy(line -> assertThat(expected).contains(line));
            assertThat(divergence.mean().value()).isPositive();
        }
    }

    private String ask(Path base, Path quantized, Path text) {
        Oracle oracle = Reference.oracle();
        Path logits = folder.resolve("logits.bin");
        oracle.divergence(base, text, CHUNK, Reference.THREADS, logits, false);
        return oracle.divergence(quantized, text, CHUNK, Reference.THREADS, logits, true);
    }

    /** As the tool prints them. */
    private static List<String> lines(KlDivergence divergence) {
        List<String> lines = new ArrayList<>();
        lines.add("Mean PPL(Q)                   : " + both(divergence.perplexity()));
        lines.add("Mean PPL(base)                : " + both(divergence.basePerplexity()));
        lines.add(
                String.format(Locale.ROOT, "Cor(ln(PPL(Q)), ln(PPL(base))): %6.2f%%", 100 * divergence.correlation()));
        lines.add("Mean ln(PPL(Q)/PPL(base))     : " + both(divergence.logRatio()));
        lines.add("Mean PPL(Q)/PPL(base)         : " + both(divergence.ratio()));
        lines.add("Mean PPL(Q)-PPL(base)         : " + both(divergence.difference()));
        lines.add("Mean    KLD: " + both(divergence.mean()));
        lines.add(String.format(Locale.ROOT, "Maximum KLD: %10.6f", divergence.quantile(1)));
        lines.add(String.format(Locale.ROOT, "99.9%%   KLD: %10.6f", divergence.quantile(0.999)));
        lines.add(String.format(Locale.ROOT, "90.0%%   KLD: %10.6f", divergence.quantile(0.9)));
        lines.add(String.format(Locale.ROOT, "Median  KLD: %10.6f", divergence.quantile(0.5)));
        lines.add(String.format(Locale.ROOT, " 1.0%%   KLD: %10.6f", divergence.quantile(0.01)));
        lines.add(String.format(Locale.ROOT, "Minimum KLD: %10.6f", divergence.quantile(0)));
        lines.add("Mean    \u0394p: " + percent(divergence.change()));
        lines.add(String.format(Locale.ROOT, "Maximum \u0394p: %6.3f%%", 100 * divergence.changeQuantile(1)));
        lines.add(String.format(Locale.ROOT, "75.0%%   \u0394p: %6.3f%%", 100 * divergence.changeQuantile(0.75)));
        lines.add(String.format(Locale.ROOT, "Median  \u0394p: %6.3f%%", 100 * divergence.changeQuantile(0.5)));
        lines.add("RMS \u0394p    : " + percent(divergence.rootMeanSquareChange()));
        lines.add("Same top p: " + percent(divergence.sameTop()));
        return lines;
    }

    private static String both(Estimate estimate) {
        return String.format(Locale.ROOT, "%10.6f \u00b1 %10.6f", estimate.value(), estimate.error());
    }

    private static String percent(Estimate estimate) {
        return String.format(Locale.ROOT, "%6.3f \u00b1 %5.3f %%", 100 * estimate.value(), 100 * estimate.error());
    }

    @Test
    void of_whatCannotBeCompared_isRefused() {
        try (Model tiny = Reference.TINY.load();
                Model other = Reference.DEFAULT.load()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KlDivergence.of(tiny, other, TEXT, CHUNK))
                    .withMessageContaining("the same vocabulary");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KlDivergence.of(tiny, tiny, "short", CHUNK))
                    .withMessageContaining("at least two chunks");
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> KlDivergence.of(tiny, tiny, TEXT, CHUNK, OPTIONS, progress -> false));
            assertThat(KlDivergence.of(tiny, tiny, TEXT, CHUNK).sameTop().value())
                    .isGreaterThan(0.9);
        }
    }
}
