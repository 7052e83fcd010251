package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.ModelOptions;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.model.ModelFolder;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The models that the options of {@code serve} and its configuration name, as often as they are asked for. */
final class ServeModels {

    private final ModelArgs models;
    private final DeviceArgs devices;
    private final ContextArgs contexts;
    private final DraftArgs drafts;
    private final ServeArgs serve;
    private final LoadBar progress;
    private @Nullable ModelPreset single;

    ServeModels(
            ModelArgs models,
            DeviceArgs devices,
            ContextArgs contexts,
            DraftArgs drafts,
            ServeArgs serve,
            LoadBar progress) {
        this.models = models;
        this.devices = devices;
        this.contexts = contexts;
        this.drafts = drafts;
        this.serve = serve;
        this.progress = progress;
    }

    /** Reads configuration and folder, as they are now. The first is served where a request names none. */
    List<ModelPreset> presets() {
        ModelOptions model = devices.options();
        List<String> replicas = replicas();
        EngineOptions engine = engineOptions(replicas);
        drafts.check();
        List<ModelPreset> all = new ArrayList<>();
        Path config = serve.config;
        if (config != null) {
            all.addAll(new PresetReader(config, model, replicas, engine, contexts).read(config));
        }
        Set<ModelSource> known = new HashSet<>();
        all.forEach(preset -> known.add(preset.source()));
        Path folder = serve.models;
        for (ModelPreset preset : folder == null ? List.<ModelPreset>of() : folder(folder)) {
            if (!known.contains(preset.source())) {
                int size = contexts.sequenceSize(preset.source());
                all.add(preset.withDevices(replicas)
                        .withOptions(
                                model,
                                engine.toBuilder().sequenceContextSize(size).build()));
            }
        }
        if (models.given() || all.isEmpty()) {
            if (folder != null && !models.given()) {
                throw new CliException(ExitCode.MODEL, "--models " + folder + " has no GGUF file");
            }
            all.add(0, single(model, replicas, engine));
        } else if (drafts.option() != null) {
            throw new CliException(
                    ExitCode.USAGE,
                    drafts.option()
                            + " drafts for the model of --model, which is not given; give it, or write 'draft-model' or"
                            + " 'draft-mtp' into a preset of --config");
        }
        all.replaceAll(this::withPrefixCache);
        return all;
    }

    private ModelPreset withPrefixCache(ModelPreset preset) {
        boolean one = serve.config == null && serve.models == null && !serve.allowPull;
        int models = one ? 1 : ContextArgs.atLeastOne("--max-loaded", serve.maxLoaded);
        EngineOptions engine = preset.engine().toBuilder()
                .prefixCache(serve.prefixCache.options(preset.name(), models))
                .build();
        return preset.withOptions(preset.model(), engine);
    }

    /** How a model is served that a client has had downloaded. */
    ModelPreset pulled(ModelPreset preset) {
        List<String> replicas = replicas();
        int size = contexts.sequenceSize(preset.source());
        EngineOptions engine =
                engineOptions(replicas).toBuilder().sequenceContextSize(size).build();
        return withPrefixCache(preset.withDevices(replicas).withOptions(devices.options(), engine));
    }

    private static List<ModelPreset> folder(Path folder) {
        try {
            return ModelFolder.presets(folder);
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "--models " + folder + " cannot be read: " + e);
        }
    }

    /** That of --model, or the default; it is the same each time, and stays loaded. */
    private ModelPreset single(ModelOptions model, List<String> replicas, EngineOptions engine) {
        ModelPreset made = single;
        if (made == null) {
            ModelSource source = models.source();
            String name = serve.name == null ? models.servedName() : serve.name;
            made = drafts.draftFor(ModelPreset.of(name, source)
                    .withNames(name, serve.aliases)
                    .withDevices(replicas)
                    .withOptions(
                            model.toBuilder().progress(progress).build(),
                            engine.toBuilder()
                                    .sequenceContextSize(contexts.sequenceSize(source))
                                    .build())
                    .withStay(true, null));
            single = made;
        }
        return made;
    }

    private List<String> replicas() {
        if (serve.devices != null && devices.isGiven()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--devices puts the whole model on each device, --device, --split-mode and --tensor-split share it out;"
                            + " give one of them");
        }
        try {
            return ReplicaDevices.of(serve.devices);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "--devices: " + e.getMessage());
        }
    }

    private EngineOptions engineOptions(List<String> replicas) {
        ContextOptions.Builder context = contexts.options().toBuilder().embeddings(serve.embeddings);
        if (serve.pooling != null) {
            context.pooling(serve.pooling);
        }
        return EngineOptions.builder()
                .context(context.build())
                .maxSequences(serve.parallel(replicas.size()))
                .build();
    }
}
