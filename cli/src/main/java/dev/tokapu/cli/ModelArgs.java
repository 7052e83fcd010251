package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.server.model.ModelFolder;
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
            converter = SourceConverter.class,
            paramLabel = "PATH|NAME",
            description =
                    "A GGUF file, the first of several if it is split, or a model of a hub, which is downloaded once:"
                            + " hf://org/repo:Q4_K_M, ollama://name:tag or https://... Default: SmolLM2-135M-Instruct.")
    private @Nullable ModelSource model;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no statistics on stderr.")
    private boolean quiet;

    @Mixin
    private RuntimeArgs runtime = new RuntimeArgs();

    @Mixin
    private DownloadArgs downloads = new DownloadArgs();

    private @Nullable ModelSource fetched;

    boolean quiet() {
        return quiet;
    }

    /** Must come before the library is touched. */
    void start() {
        runtime.apply();
        downloads.apply();
    }

    /** Downloads the model if it is one of a hub and not on this machine. */
    void fetch(Console console) {
        if (fetched == null) {
            fetched = downloads.fetch(source(), console, quiet);
        }
    }

    /** Another model, downloaded if it is one of a hub and not on this machine. */
    ModelSource fetch(Console console, ModelSource other) {
        return downloads.fetch(other, console, quiet);
    }

    /** Where it is, or after {@link #fetch} its file. */
    ModelSource source() {
        ModelSource known = fetched == null ? model : fetched;
        return known == null ? defaultModel() : known;
    }

    /** {@return whether one was named} */
    boolean given() {
        return model != null;
    }

    /** The same with a file that was given without an option. */
    void use(@Nullable ModelSource source) {
        if (source != null && model != null) {
            throw new CliException(ExitCode.USAGE, "MODEL and --model name two models; give one");
        }
        model = source != null ? source : model;
    }

    /** What is shown of it: the name of the file, or that on the hub. */
    String name() {
        return model == null ? DEFAULT_NAME : name(model);
    }

    private static String name(ModelSource source) {
        return source instanceof ModelSource.File file
                ? String.valueOf(file.path().getFileName())
                : source.toString();
    }

    /** What clients name it unless told otherwise. */
    String servedName() {
        return model instanceof ModelSource.Remote remote ? remote.shortName() : ModelFolder.nameOf(Path.of(name()));
    }

    /** Loads the model, with progress on stderr where a person is waiting. */
    Model load(Console console, ModelOptions.Builder options, Interrupt interrupt) {
        start();
        fetch(console);
        ModelSource source = source();
        LoadBar bar = new LoadBar(console, quiet, "Loading " + name(), interrupt);
        return bar.during(() -> Model.load(source, options.progress(bar).build()));
    }

    /** Loads another model beside it. */
    Model load(Console console, ModelSource other, ModelOptions.Builder options, Interrupt interrupt) {
        ModelSource source = fetch(console, other);
        LoadBar bar = new LoadBar(console, quiet, "Loading " + name(other), interrupt);
        return bar.during(() -> Model.load(source, options.progress(bar).build()));
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
