package dev.tokapu.cli;

import dev.tokapu.gguf.GgufDiff;
import dev.tokapu.gguf.MetadataValue;
import dev.tokapu.gguf.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two GGUF files. */
@Command(
        name = "diff",
        abbreviateSynopsis = true,
        description = {
            "Shows how two GGUF files differ: in metadata, and in tensors by type, shape and numbers.",
            "- is what the first file has, + what the second one has. The exit status is 1 where they differ."
        })
final class GgufDiffCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = "FILE", description = "The first file.")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "OTHER", description = "The second file.")
    private Path after = Path.of("");

    @Option(names = "--full", description = "Do not shorten long values.")
    private boolean full;

    @Mixin
    private OutputArgs output = new OutputArgs();

    GgufDiffCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        GgufDiff diff = GgufCommand.work(console, "Comparing", progress -> GgufDiff.of(before, after, progress));
        if (output.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("equal", diff.isEmpty());
            json.put("metadata", list(diff.metadata(), value -> Values.json(value.value(), full)));
            json.put("tensors", list(diff.tensors(), GgufDiffCommand::shown));
            console.println(Json.of(json));
        } else if (diff.isEmpty()) {
            console.note("No differences.");
        } else {
            lines(diff.metadata(), (MetadataValue value) -> Values.shown(value.value(), full));
            lines(diff.tensors(), GgufDiffCommand::shown);
        }
        return diff.isEmpty() ? ExitCode.OK : ExitCode.DIFFERENT;
    }

    private static String shown(TensorInfo tensor) {
        return tensor.type().text() + "  " + Values.shape(tensor.shape());
    }

    private <T> void lines(List<GgufDiff.Difference<T>> differences, Function<T, String> shown) {
        for (GgufDiff.Difference<T> one : differences) {
            String name = Visible.of(one.name());
            String first = one.before() == null ? "" : shown.apply(one.before());
            String second = one.after() == null ? "" : shown.apply(one.after());
            if (first.equals(second)) {
                console.println("~ " + name + "  " + first + ", other contents");
                continue;
            }
            if (one.before() != null) {
                console.println("- " + name + "  " + first);
            }
            if (one.after() != null) {
                console.println("+ " + name + "  " + second);
            }
        }
    }

    private static <T> List<Object> list(List<GgufDiff.Difference<T>> differences, Function<T, Object> shown) {
        List<Object> list = new ArrayList<>();
        for (GgufDiff.Difference<T> one : differences) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("name", one.name());
            entry.put("before", one.before() == null ? null : shown.apply(one.before()));
            entry.put("after", one.after() == null ? null : shown.apply(one.after()));
            list.add(entry);
        }
        return list;
    }
}
