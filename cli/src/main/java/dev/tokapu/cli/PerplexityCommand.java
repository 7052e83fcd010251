package dev.tokapu.cli;

import dev.tokapu.LoadProgress;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.completion.Estimate;
import dev.tokapu.completion.KlDivergence;
import dev.tokapu.completion.Perplexity;
import dev.tokapu.source.ModelSource;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how well a model predicts a text, and how far it is from another one. */
@Command(
        name = "perplexity",
        abbreviateSynopsis = true,
        description = {
            "Measures how well a model predicts the text of a file: its perplexity, as llama-perplexity computes it.",
            "With --base it is compared with another model, such as the one that it was quantized from."
        })
final class PerplexityCommand implements Callable<Integer> {

    private static final double[] QUANTILES = {1, 0.999, 0.99, 0.95, 0.9, 0.5, 0.1, 0.05, 0.01, 0};

    private final Console console;

    @Parameters(paramLabel = "TEXT", description = "The text, a file in UTF-8.")
    private Path file = Path.of("");

    @Option(
            names = "--base",
            converter = SourceConverter.class,
            paramLabel = "PATH|NAME",
            description = "The model to compare with.")
    private @Nullable ModelSource base;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private ChunkArgs chunks = new ChunkArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    PerplexityCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        String text = TextFile.read(file);
        Interrupt interrupt = new Interrupt();
        try (Model model = models.load(console, ModelOptions.builder(), interrupt);
                Model original = base == null ? null : models.load(console, base, ModelOptions.builder(), interrupt)) {
            LoadBar bar = new LoadBar(console, models.quiet(), "Computing", interrupt).begin();
            Map<String, Object> result = bar.during(
                    () -> original == null ? measure(model, text, bar) : compare(model, original, text, bar));
            console.print(output.json() ? Json.of(result) + '\n' : lines(result));
        }
        return ExitCode.OK;
    }

    private Map<String, Object> measure(Model model, String text, LoadProgress progress) {
        Perplexity perplexity = Perplexity.of(model, text, chunks.size(), chunks.options(), progress);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("perplexity", perplexity.value());
        map.put("perplexityError", perplexity.error());
        map.put("tokens", perplexity.tokens());
        return map;
    }

    private Map<String, Object> compare(Model model, Model original, String text, LoadProgress progress) {
        KlDivergence divergence = KlDivergence.of(original, model, text, chunks.size(), chunks.options(), progress);
        Map<String, Object> map = new LinkedHashMap<>();
        put(map, "perplexity", divergence.perplexity());
        put(map, "basePerplexity", divergence.basePerplexity());
        put(map, "ratio", divergence.ratio());
        put(map, "divergence", divergence.mean());
        for (double quantile : QUANTILES) {
            map.put("divergence" + percent(quantile), divergence.quantile(quantile));
        }
        put(map, "rmsProbabilityChange", divergence.rootMeanSquareChange());
        put(map, "sameTop", divergence.sameTop());
        map.put("tokens", divergence.tokens());
        return map;
    }

    /** For example {@code 99.9}, and {@code 50} for the median. */
    private static String percent(double quantile) {
        return BigDecimal.valueOf(quantile)
                .movePointRight(2)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static void put(Map<String, Object> map, String name, Estimate estimate) {
        map.put(name, estimate.value());
        map.put(name + "Error", estimate.error());
    }

    /** A line for each value, with its error. */
    private static String lines(Map<String, Object> result) {
        StringBuilder text = new StringBuilder();
        result.forEach((name, value) -> {
            if (name.endsWith("Error")) {
                return;
            }
            Object error = result.get(name + "Error");
            String shown =
                    value instanceof Double number ? String.format(Locale.ROOT, "%.6f", number) : value.toString();
            text.append(String.format(Locale.ROOT, "%-24s %s", name, shown));
            text.append(error == null ? "\n" : String.format(Locale.ROOT, " +/- %.6f%n", (Double) error));
        });
        return text.toString();
    }
}
