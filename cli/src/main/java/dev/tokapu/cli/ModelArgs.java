package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that load a model. */
final class ModelArgs {

    static final String DEFAULT_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "PATH",
            description = "A GGUF file, the first of several if it is split. Default: SmolLM2-135M-Instruct.")
    private @Nullable Path model;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no statistics on stderr.")
    private boolean quiet;

    @Mixin
    private RuntimeArgs runtime = new RuntimeArgs();

    boolean quiet() {
        return quiet;
    }

    /** Must come before the library is touched. */
    void start() {
        runtime.apply();
    }

    ModelSource source() {
        Path path = model;
        return path == null ? defaultModel() : ModelSource.file(path);
    }

    /** {@return whether one was named} */
    boolean given() {
        return model != null;
    }

    /** The same with a file that was given without an option. */
    void use(@Nullable Path file) {
        if (file != null && model != null) {
            throw new CliException(ExitCode.USAGE, "MODEL and --model name two files; give one");
        }
        model = file != null ? file : model;
    }

    String name() {
        Path path = model;
        return path == null ? DEFAULT_NAME : String.valueOf(path.getFileName());
    }

    /** Loads the model, with progress on stderr where a person is waiting. */
    Model load(Console console, ModelOptions.Builder options, Interrupt interrupt) {
        start();
        ModelSource source = source();
        boolean show = !quiet && console.errorIsTerminal();
        LoadBar bar = new LoadBar(show ? console : null, "Loading " + name(), interrupt);
        try {
            return interrupt.guard(
                    () -> {}, () -> Model.load(source, options.progress(bar).build()));
        } finally {
            bar.clear();
        }
    }

    static ModelSource defaultModel() {
        if (ModelArgs.class.getClassLoader().getResource(DefaultModel.RESOURCE) == null) {
            throw new CliException(
                    ExitCode.MODEL,
                    "the default model is not on the class path (" + DefaultModel.RESOURCE
                            + "); give a GGUF file with --model PATH");
        }
        return DefaultModel.source();
    }
}
