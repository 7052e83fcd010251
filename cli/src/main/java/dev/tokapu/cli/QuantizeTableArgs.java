package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.LoadProgress;
import dev.tokapu.completion.KlDivergence;
import dev.tokapu.quantize.FileType;
import dev.tokapu.quantize.QuantizeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of {@code quantize --table}, and what it does. */
final class QuantizeTableArgs {

    private static final List<String> TYPES = List.of("q8_0", "q6_k", "q5_k_m", "q4_k_m", "q3_k_m", "q2_k");
    private static final int CHUNK = 512;

    @Option(
            names = "--table",
            paramLabel = "HTML",
            description =
                    "Write a page of size against perplexity and divergence of several types; quantizes each in turn.")
    private @Nullable Path page;

    @Option(names = "--text", paramLabel = "FILE", description = "The text for --table, in UTF-8.")
    private @Nullable Path text;

    @Option(
            names = "--types",
            split = ",",
            paramLabel = "TYPE",
            description = "The types of --table. Default: q8_0,q6_k,q5_k_m,q4_k_m,q3_k_m,q2_k.")
    private @Nullable List<String> types;

    @Option(names = "--chunk", paramLabel = "TOKENS", description = "Tokens of a chunk of the text. Default: 512.")
    private @Nullable Integer chunk;

    boolean isWanted() {
        return page != null;
    }

    /** Whether there are options that say nothing without a page. */
    boolean isDescribed() {
        return text != null || types != null || chunk != null;
    }

    /** {@return the exit code: of the model, where no type could be made of it} */
    int write(
            Supplier<Path> models,
            Console console,
            OutputArgs output,
            BiFunction<FileType, LoadProgress, QuantizeOptions> options) {
        if (text == null || page == null) {
            throw new CliException(ExitCode.USAGE, "--table measures the types over a text; name it with --text");
        }
        List<FileType> wanted = (types == null ? TYPES : types)
                .stream().map(FileType::of).distinct().toList();
        String content = TextFile.read(text);
        Path target = page;
        Path source = text;
        int tokens = chunk == null ? CHUNK : chunk;
        OutputFile.check(target);
        Path model = models.get(); // which may download it
        LoadBar bar = new LoadBar(console, false, "Loading", new Interrupt());
        QuantizeTable table = bar.during(() -> {
            Path folder = folder(target);
            try {
                return QuantizeTable.measure(
                        model,
                        source,
                        wanted,
                        folder,
                        type -> options.apply(type, bar.next("Quantizing to " + type)),
                        (type, original, quantized) -> KlDivergence.of(
                                original,
                                quantized,
                                content,
                                tokens,
                                ContextOptions.defaults(),
                                bar.next("Measuring " + type).begin()));
            } finally {
                remove(folder);
            }
        });
        write(target, QuantizePage.of(table));
        List<QuantizeTable.Row> missing =
                table.rows().stream().filter(row -> row.quality() == null).toList();
        missing.forEach(row -> console.note(row.type() + " could not be made: " + Visible.lines(row.problem())));
        int measured = wanted.size() - missing.size();
        console.print(
                output.json()
                        ? Json.of(table.asMap()) + '\n'
                        : target + ": " + measured + (measured == 1 ? " type\n" : " types\n"));
        return measured == 0 ? ExitCode.MODEL : ExitCode.OK;
    }

    /** Beside the page, where there is room for the models, one at a time. */
    private static Path folder(Path page) {
        Path parent = page.toAbsolutePath().getParent();
        try {
            Path folder = Files.createTempDirectory(parent == null ? Path.of("") : parent, ".tokapu-table-");
            folder.toFile().deleteOnExit(); // ctrl-C may not wait
            return folder;
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, page + " cannot be written: " + e);
        }
    }

    private static void remove(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new CliException(ExitCode.INTERNAL, folder + " cannot be removed: " + e);
        }
    }

    private static void write(Path page, String html) {
        try {
            Files.writeString(page, html);
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, page + " cannot be written: " + e);
        }
    }
}
