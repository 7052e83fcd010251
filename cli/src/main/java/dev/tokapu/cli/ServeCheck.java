package dev.tokapu.cli;

import dev.tokapu.gguf.GgufFile;
import dev.tokapu.server.Server;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.model.PresetCheck;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.source.ModelSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code serve --check}: all that is wrong, without serving. */
final class ServeCheck {

    private final Console console;
    private final ServeArgs serve;
    private final ServeModels source;
    private final List<String> problems = new ArrayList<>();

    ServeCheck(Console console, ServeArgs serve, ServeModels source) {
        this.console = console;
        this.serve = serve;
        this.source = source;
    }

    /** What may fail. */
    private interface Step {
        void run();
    }

    int run() {
        List<ModelPreset> presets = new ArrayList<>();
        List<@Nullable Callers> callers = new ArrayList<>();
        attempt(() -> callers.add(serve.keys()));
        Callers known =
                callers.isEmpty() ? Callers.local() : callers.get(0); // where keys are wrong, the rest may be as well
        attempt(() -> Server.check(serve.options(known, call -> {})));
        attempt(serve::drain);
        attempt(() -> CallLog.check(serve));
        attempt(this::checkTraces);
        attempt(() -> presets.addAll(source.presets()));
        attempt(() -> ServedModels.ofPresets(serve.pool(), presets).close());
        for (ModelPreset preset : presets) {
            attempt(() -> problems.addAll(PresetCheck.problems(preset)));
            attempt(() -> tellDownload(preset));
        }
        problems.forEach(problem -> console.note("tokapu: " + problem));
        if (problems.isEmpty()) {
            console.println("Nothing is wrong: "
                    + String.join(", ", presets.stream().map(ModelPreset::name).toList()));
            presets.forEach(this::tellHeads);
        }
        return problems.isEmpty() ? ExitCode.OK : ExitCode.USAGE;
    }

    /** Whether spans could be made and sent; none is. */
    @SuppressWarnings("try") // it is closed at once
    private void checkTraces() {
        try (ServeTracing tracing = serve.tracing()) {
            return;
        }
    }

    /** A model of a hub that is not here yet is no problem, and known before it is gigabytes. */
    private void tellDownload(ModelPreset preset) {
        if (preset.source() instanceof ModelSource.Remote remote
                && remote.find().isEmpty()) {
            console.println("The model '" + preset.name() + "' would be downloaded: " + remote
                    + (preset.pinned() ? ", at the start" : ", by the first request for it"));
        }
    }

    /** A model that has heads need not be loaded with them; who does not know of them may like to. */
    private void tellHeads(ModelPreset preset) {
        boolean here = !(preset.source() instanceof ModelSource.Remote remote)
                || remote.find().isPresent();
        if (here
                && preset.engine().speculation().maxDraft() == 0
                && !preset.engine().context().embeddings()
                && GgufFile.open(preset.source()).nextTokenLayerCount() > 0) {
            console.println("The model '" + preset.name() + "' has MTP heads (see draft-mtp)");
        }
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }
}
