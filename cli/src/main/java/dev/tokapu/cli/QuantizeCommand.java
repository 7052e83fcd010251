package dev.tokapu.cli;

import dev.tokapu.LoadProgress;
import dev.tokapu.gguf.TensorType;
import dev.tokapu.quantize.FileType;
import dev.tokapu.quantize.Quantization;
import dev.tokapu.quantize.QuantizeOptions;
import dev.tokapu.quantize.QuantizeOptionsBuilder;
import dev.tokapu.quantize.Quantizer;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Quantizes a model file. */
@Command(
        name = "quantize",
        abbreviateSynopsis = true,
        description = {
            "Writes a model with fewer bits a weight, as llama-quantize does.",
            "TYPE is q4_k_m, q8_0 or another; docs/quantizing.md says how to choose. Give it an F16 or F32 model.",
            "With --table it writes a page that compares types instead: sizes, perplexity and divergence over a text."
        })
final class QuantizeCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(
            index = "0",
            converter = SourceConverter.class,
            paramLabel = "MODEL",
            description = "The file, the first of a split model, or a model of a hub.")
    private ModelSource model = ModelSource.file(Path.of(""));

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "The file to be written.")
    private @Nullable Path file;

    @Parameters(index = "2", arity = "0..1", paramLabel = "TYPE", description = "What most tensors become.")
    private @Nullable String type;

    @Mixin
    private QuantizeTableArgs table = new QuantizeTableArgs();

    @Option(
            names = "--imatrix",
            paramLabel = "FILE",
            description = "The importance matrix; types below 3 bits need one.")
    private @Nullable Path matrix;

    @Option(
            names = "--tensor-type",
            paramLabel = "PATTERN=TYPE",
            description = "The type of tensors whose names the pattern is found in. May be repeated.")
    private Map<String, String> rules = Map.of();

    @Option(names = "--output-type", paramLabel = "TYPE", description = "The type of the output.")
    private @Nullable String outputType;

    @Option(names = "--embedding-type", paramLabel = "TYPE", description = "The type of the token embeddings.")
    private @Nullable String embeddingType;

    @Option(names = "--requantize", description = "Also tensors that are quantized already; loses quality.")
    private boolean requantize;

    @Option(names = "--pure", description = "All tensors to the same type.")
    private boolean pure;

    @Option(names = "--leave-output", description = "Do not quantize the output.")
    private boolean leaveOutput;

    @Option(names = "--keep-split", description = "A split model becomes a split model.")
    private boolean keepSplit;

    @Option(names = "--prune-layers", split = ",", paramLabel = "LAYER", description = "Leave out these layers.")
    private List<Integer> pruned = List.of();

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads. Default: as many as processors.")
    private int threads;

    @Option(
            names = "--dry-run",
            description = "Write nothing, only tell the size; a model of a hub is downloaded all the same.")
    private boolean dryRun;

    @Mixin
    private RuntimeArgs runtime = new RuntimeArgs();

    @Mixin
    private DownloadArgs downloads = new DownloadArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    QuantizeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        runtime.apply();
        if (table.isWanted()) {
            refuse(file != null || dryRun, "--table has no FILE, no TYPE and no --dry-run; --types names the types");
            refuse(keepSplit, "--table measures each type in one file; leave out --keep-split");
            return table.write(this::source, console, output, this::options);
        }
        refuse(table.isDescribed(), "--text, --types and --chunk are for --table, which writes a page; name it");
        if (file == null || type == null) {
            throw new CliException(ExitCode.USAGE, "quantize needs MODEL FILE TYPE, or MODEL and --table");
        }
        quantize(file, FileType.of(type));
        return ExitCode.OK;
    }

    private static void refuse(boolean wrong, String message) {
        if (wrong) {
            throw new CliException(ExitCode.USAGE, message);
        }
    }

    /** The file, downloaded if it is a model of a hub and not on this machine. */
    private Path source() {
        if (downloads.fetch(model, console, false) instanceof ModelSource.File file) {
            return file.path();
        }
        throw new CliException(ExitCode.USAGE, model + " is no file; only files can be quantized");
    }

    private void quantize(Path target, FileType wanted) {
        LoadBar bar = new LoadBar(console, false, "Quantizing", new Interrupt());
        QuantizeOptions options = options(wanted, bar);
        if (!dryRun) {
            OutputFile.check(target);
        }
        Path source = source();
        Quantization result = bar.during(
                () -> dryRun ? Quantizer.estimate(source, options) : Quantizer.quantize(source, target, options));
        List<Path> files = dryRun ? List.of() : Quantizer.files(source, target, options);
        console.print(output.json() ? Json.of(asMap(result, files, wanted)) + '\n' : text(result, files));
    }

    private QuantizeOptions options(FileType wanted, LoadProgress progress) {
        QuantizeOptionsBuilder builder = QuantizeOptions.builder(wanted)
                .importanceMatrix(matrix)
                .outputType(outputType == null ? null : TensorType.of(outputType))
                .embeddingType(embeddingType == null ? null : TensorType.of(embeddingType))
                .requantize(requantize)
                .pure(pure)
                .keepSplit(keepSplit)
                .quantizeOutput(!leaveOutput)
                .pruneLayers(pruned.stream().mapToInt(Integer::intValue).toArray())
                .threads(threads)
                .progress(progress);
        rules.forEach((pattern, name) -> builder.rule(pattern, TensorType.of(name)));
        return builder.build();
    }

    private static String text(Quantization result, List<Path> files) {
        String first = files.isEmpty() ? "It would be" : files.get(0).toString();
        return String.format(
                Locale.ROOT,
                "%s: %s, %.2f bits a weight (before: %s)%n",
                files.size() < 2
                        ? first
                        : first + " to " + files.get(files.size() - 1).getFileName(),
                Units.bytes(result.bytesAfter()),
                result.bitsPerWeight(),
                Units.bytes(result.bytesBefore()));
    }

    private static Map<String, Object> asMap(Quantization result, List<Path> files, FileType type) {
        Map<String, Integer> types = new TreeMap<>();
        result.tensors().values().forEach(used -> types.merge(used.text(), 1, Integer::sum));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", files.isEmpty() ? "" : files.get(0).toString()); // what a model is loaded by
        map.put("files", files.stream().map(Path::toString).toList());
        map.put("type", type.name());
        map.put("bytesBefore", result.bytesBefore());
        map.put("bytesAfter", result.bytesAfter());
        map.put("bitsPerWeight", result.bitsPerWeight());
        map.put("tensors", types);
        return map;
    }
}
