package dev.tokapu.cli;

import dev.tokapu.gguf.GgufSplit;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes one GGUF file of several. */
@Command(
        name = "merge",
        abbreviateSynopsis = true,
        description = "Makes one GGUF file of a split model, as llama-gguf-split --merge does.")
final class GgufMergeCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "PART",
            description = "Any of the files, x-00001-of-00003.gguf; the others lie beside it.")
    private Path part = Path.of("");

    @Parameters(index = "1", paramLabel = "FILE", description = "The file to be written.")
    private Path file = Path.of("");

    @Mixin
    private OutputArgs output = new OutputArgs();

    GgufMergeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        GgufCommand.work(console, "Merging", progress -> {
            GgufSplit.merge(part, file, progress);
            return file;
        });
        console.println(output.json() ? Json.of(Map.of("file", file.toString())) : file.toString());
        return ExitCode.OK;
    }
}
