package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.ControlVector;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.steering.ControlVectorGenerator;
import dev.tokapu.steering.DirectionMethod;
import dev.tokapu.steering.PromptPair;
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

/** Makes a control vector of pairs of prompts. */
@Command(
        name = "control-vector",
        abbreviateSynopsis = true,
        description = {
            "Makes a control vector of pairs of prompts; the file is that of llama-cvector-generator.",
            "Line N of POSITIVE and line N of NEGATIVE are a pair, \\n in a line is a line end. docs/lora.md says more."
        })
final class ControlVectorCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file to be written.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "POSITIVE", description = "A prompt in each line: what the vector leads to.")
    private Path positive = Path.of("");

    @Parameters(index = "2", paramLabel = "NEGATIVE", description = "A prompt in each line: what it leads away from.")
    private Path negative = Path.of("");

    @Option(names = "--method", paramLabel = "METHOD", description = "pca or mean of the differences. Default: pca.")
    private String method = "pca";

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "CPU threads. Default: at most one for each physical core.")
    private @Nullable Integer threads;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    ControlVectorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        OutputFile.check(file);
        DirectionMethod how = method();
        List<PromptPair> pairs = pairs();
        Interrupt interrupt = new Interrupt();
        ControlVector vector;
        try (Model model = models.load(console, ModelOptions.builder(), interrupt)) {
            LoadBar bar = new LoadBar(console, models.quiet(), "Computing", interrupt);
            vector = bar.during(() -> ControlVectorGenerator.generate(model, pairs, how, options(), bar));
            vector.write(file, model.info().architecture());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file.toString());
        json.put("layers", vector.layers());
        json.put("pairs", pairs.size());
        console.println(
                output.json()
                        ? Json.of(json)
                        : file + ": directions of " + vector.layers() + " layers, of " + pairs.size() + " pairs");
        return ExitCode.OK;
    }

    private DirectionMethod method() {
        try {
            return DirectionMethod.valueOf(method.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "--method is '" + method + "'; it can be pca or mean");
        }
    }

    private List<PromptPair> pairs() {
        List<String> leads = lines(positive);
        List<String> away = lines(negative);
        if (leads.isEmpty() || leads.size() != away.size()) {
            throw new CliException(
                    ExitCode.USAGE,
                    positive + " has " + leads.size() + " prompts and " + negative + " has " + away.size()
                            + "; both need the same number, at least one");
        }
        List<PromptPair> pairs = new ArrayList<>();
        for (int i = 0; i < leads.size(); i++) {
            pairs.add(new PromptPair(leads.get(i), away.get(i)));
        }
        return pairs;
    }

    private static List<String> lines(Path file) {
        return TextFile.read(file)
                .lines()
                .filter(line -> !line.isEmpty())
                .map(ControlVectorCommand::unescaped)
                .toList();
    }

    /** What llama.cpp's tools make of a line. */
    private static String unescaped(String line) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char next = i + 1 < line.length() ? line.charAt(i + 1) : ' ';
            int escape = line.charAt(i) == '\\' ? "nrt'\"\\".indexOf(next) : -1;
            text.append(escape < 0 ? line.charAt(i) : "\n\r\t'\"\\".charAt(escape));
            i += escape < 0 ? 0 : 1;
        }
        return text.toString();
    }

    private ContextOptions options() {
        ContextOptions.Builder options = ContextOptions.builder();
        if (threads != null) {
            int count = ContextArgs.atLeastOne("--threads", threads);
            options.threads(count).batchThreads(count);
        }
        return options.build();
    }
}
