package dev.tokapu.cli;

import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.GgufSplit;
import dev.tokapu.gguf.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Cuts a GGUF file into several. */
@Command(
        name = "split",
        abbreviateSynopsis = true,
        description = {
            "Cuts a GGUF file into several, PREFIX-00001-of-0000N.gguf, as llama-gguf-split does.",
            "Each has 128 tensors unless an option says otherwise."
        })
final class GgufSplitCommand implements Callable<Integer> {

    private static final int TENSORS = 128;

    private final Console console;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file, which stays as it is.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "PREFIX", description = "Path and beginning of the names.")
    private Path prefix = Path.of("");

    @Option(names = "--max-tensors", paramLabel = "N", description = "Tensors in a file.")
    private @Nullable Integer maxTensors;

    @Option(
            names = "--max-size",
            paramLabel = "N(M|G)",
            description = "Size of a file, in units of 1000000 or 1000000000 bytes.")
    private @Nullable String maxSize;

    @Option(names = "--metadata-apart", description = "No tensors in the first file.")
    private boolean metadataApart;

    @Option(names = "--dry-run", description = "Only show what would be written.")
    private boolean dryRun;

    @Mixin
    private OutputArgs output = new OutputArgs();

    GgufSplitCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        GgufSplit split = split();
        List<List<TensorInfo>> plan = split.plan(GgufFile.open(file));
        List<Path> written = dryRun
                ? List.of()
                : GgufCommand.work(console, "Splitting", progress -> split.split(file, prefix, progress));
        List<Object> list = new ArrayList<>();
        Table table = new Table("file", "tensors", "size");
        for (int i = 0; i < plan.size(); i++) {
            String name = dryRun ? Integer.toString(i + 1) : written.get(i).toString();
            long bytes = plan.get(i).stream().mapToLong(TensorInfo::bytes).sum();
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("file", name);
            entry.put("tensors", plan.get(i).size());
            entry.put("bytes", bytes);
            list.add(entry);
            table.add(name, Integer.toString(plan.get(i).size()), Units.bytes(bytes));
        }
        console.print(output.json() ? Json.of(Map.of("files", list)) + '\n' : table.toString());
        return ExitCode.OK;
    }

    private GgufSplit split() {
        if (maxTensors != null && maxSize != null) {
            throw new CliException(ExitCode.USAGE, "--max-tensors and --max-size exclude each other; give one");
        }
        GgufSplit split = maxSize != null
                ? GgufSplit.byBytes(bytes(maxSize))
                : GgufSplit.byTensors(
                        maxTensors == null ? TENSORS : ContextArgs.atLeastOne("--max-tensors", maxTensors));
        return metadataApart ? split.withMetadataApart() : split;
    }

    private static long bytes(String text) {
        String size = text.toUpperCase(Locale.ROOT);
        long unit = size.endsWith("G") ? 1_000_000_000L : size.endsWith("M") ? 1_000_000L : 0;
        try {
            if (unit > 0) {
                return Math.multiplyExact(Long.parseLong(size.substring(0, size.length() - 1)), unit);
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // It is told below.
        }
        throw new CliException(ExitCode.USAGE, "--max-size is '" + text + "'; it must be a number with M or G, as 2G");
    }
}
