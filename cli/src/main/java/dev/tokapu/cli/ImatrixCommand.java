package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.quantize.ImportanceMatrix;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Collects an importance matrix over texts. */
@Command(
        name = "imatrix",
        abbreviateSynopsis = true,
        description = {
            "Collects an importance matrix over texts, for quantize --imatrix; the file is that of llama-imatrix.",
            "Use a few hundred chunks of the kind of text that the model will see, and a model in F16 or F32."
        })
final class ImatrixCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file to be written.")
    private Path file = Path.of("");

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "Texts, files in UTF-8.")
    private List<Path> texts = List.of();

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private ChunkArgs chunks = new ChunkArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    ImatrixCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        OutputFile.check(file);
        List<String> contents = texts.stream().map(TextFile::read).toList();
        Interrupt interrupt = new Interrupt();
        ImportanceMatrix matrix;
        try (Model model = models.load(console, ModelOptions.builder(), interrupt)) {
            matrix = collect(model, 0, contents, interrupt);
            for (int i = 1; i < contents.size(); i++) {
                matrix = matrix.plus(collect(model, i, contents, interrupt));
            }
        }
        matrix.write(file);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file.toString());
        json.put("weights", matrix.names().size());
        json.put("chunks", matrix.chunks());
        console.println(
                output.json()
                        ? Json.of(json)
                        : file + ": " + matrix.names().size() + " weights over " + matrix.chunks() + " chunks");
        return ExitCode.OK;
    }

    private ImportanceMatrix collect(Model model, int index, List<String> contents, Interrupt interrupt) {
        String name = texts.get(index).toString();
        LoadBar bar = new LoadBar(console, models.quiet(), "Computing " + name, interrupt).begin();
        return bar.during(
                () -> ImportanceMatrix.collect(model, contents.get(index), name, chunks.size(), chunks.options(), bar));
    }
}
