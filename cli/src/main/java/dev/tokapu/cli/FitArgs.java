package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.Fit;
import dev.tokapu.ModelOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options about devices, and whether the model is fitted to their memory. */
final class FitArgs {

    @Mixin
    private DeviceArgs devices = new DeviceArgs();

    @Option(
            names = "--fit",
            description = "Choose context size and layers to fit the free memory; ./tokapu fit shows the choice alone.")
    private boolean fit;

    /**
     * How to load the model and create its context.
     *
     * @param model for the model
     * @param context for the context
     */
    record Chosen(ModelOptions model, ContextOptions context) {}

    Chosen choose(Console console, ModelArgs models, DraftArgs drafts, ContextOptions context) {
        drafts.check();
        if (fit && drafts.hasModel()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--fit leaves no memory for a draft model; leave out --fit and give --ctx and --gpu-layers, or leave out"
                            + " --draft-model");
        }
        models.start();
        models.fetch(console);
        ModelOptions options = drafts.withHeads(devices.options(), models.source());
        if (!fit) {
            drafts.requireHeads(options, models.source());
            return new Chosen(options, context);
        }
        Fit fitted = Fit.of(models.source(), options, context);
        if (!models.quiet()) {
            fitted.explanation().forEach(console::note);
        }
        return new Chosen(fitted.modelOptions(), fitted.contextOptions());
    }
}
