package dev.tokapu.server.model;

import dev.tokapu.ContextOptions;
import dev.tokapu.Fit;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Speculation;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.server.pool.ModelLoader;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.source.ModelSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads a model, starts its engine and loads its adapters.
 *
 * @param source where the model comes from
 * @param model how it is loaded
 * @param devices names of the devices, one replica on each; empty for one replica
 * @param engine how the engine is started
 * @param adapters what is loaded beside it
 * @param draft where the draft model comes from; null for none
 */
record EngineLoader(
        ModelSource source,
        ModelOptions model,
        List<String> devices,
        EngineOptions engine,
        List<AdapterPreset> adapters,
        @Nullable ModelSource draft)
        implements ModelLoader<LoadedModel> {

    private static final int DEFAULT_SEQUENCE_CONTEXT = 4096; // the engine's
    private static final int MOST_SEQUENCES = 256; // of a context
    private static final Duration RETRY = Duration.ofSeconds(5);

    static EngineLoader of(ModelPreset preset) {
        return new EngineLoader(
                preset.source(), preset.model(), preset.devices(), preset.engine(), preset.adapters(), preset.draft());
    }

    /** The tokens of a sequence, as the engine will have them. */
    static int sequenceContextSize(EngineOptions engine, int trained) {
        if (engine.sequenceContextSize() > 0) {
            return engine.sequenceContextSize();
        }
        int most = engine.context().embeddings() ? engine.context().microBatchSize() : DEFAULT_SEQUENCE_CONTEXT;
        return trained > 0 ? Math.min(most, trained) : most;
    }

    /** How the model is loaded for each replica: those with the same options share it. */
    private List<ModelOptions> placements() {
        if (devices.isEmpty()) {
            return List.of(model);
        }
        Map<String, ModelOptions> byName = new LinkedHashMap<>();
        return devices.stream()
                .map(name -> byName.computeIfAbsent(name, this::on))
                .toList();
    }

    private ModelOptions on(String name) {
        Device device = Tokapu.device(name);
        ModelOptions.Builder options = model.toBuilder();
        return (device.type().isGpu() ? options.devices(device) : options.cpuOnly()).build();
    }

    @Override
    public Map<String, Long> need() {
        requireHeads();
        int size = sequenceContextSize(engine, ModelCard.read(file()).trainedContextSize());
        long tokens = engine.kvTokens() > 0 ? engine.kvTokens() : (long) size * engine.maxSequences();
        Map<ModelOptions, Integer> shares = new LinkedHashMap<>();
        placements().forEach(placement -> shares.merge(placement, 1, Integer::sum));
        int replicas = Math.max(1, devices.size());
        Map<String, Long> bytes = new LinkedHashMap<>();
        shares.forEach((placement, count) -> {
            int sequences = Math.max(1, engine.maxSequences() * count / replicas);
            ContextOptions context = engine.context().toBuilder()
                    .contextSize((int) Math.min(Integer.MAX_VALUE, tokens * count / replicas))
                    .maxSequences(Math.min(MOST_SEQUENCES, sequences))
                    .build();
            add(bytes, Fit.estimate(file(), placement, context));
            if (draft != null) {
                add(bytes, Fit.estimate(draftFile(draft), draftOptions(), context));
            }
        });
        return bytes;
    }

    private boolean draftsWithHeads() {
        return engine.speculation() instanceof Speculation.Mtp;
    }

    /** Heads of which the metadata do not tell are no error for an estimate. */
    private void requireHeads() {
        if (draftsWithHeads() && GgufFile.open(file()).nextTokenLayerCount() == 0) {
            throw new ModelLoadException(
                    source.toString(),
                    "it has no MTP heads, which are to draft for it; let a draft model do it, or nothing");
        }
    }

    private static void add(Map<String, Long> bytes, MemoryReport report) {
        LoadedModel.bytes(report).forEach((device, more) -> bytes.merge(device, more, Long::sum));
    }

    /** On the same devices; the progress is that of the model. */
    private ModelOptions draftOptions() {
        return model.toBuilder().progress(null).build();
    }

    /** The file of a model of a hub, which is there before the pool is asked: nothing is downloaded on the thread that loads models. */
    private ModelSource file() {
        return file(source, "it has been removed from this machine; the next request downloads it again");
    }

    private static ModelSource draftFile(ModelSource draft) {
        return file(draft, "this draft model is not on this machine; download it with ./tokapu pull " + draft);
    }

    private static ModelSource file(ModelSource source, String missing) {
        return source instanceof ModelSource.Remote remote
                ? remote.find().orElseThrow(() -> new ModelLoadException(source.toString(), missing))
                : source;
    }

    @Override
    public LoadedModel load() {
        Map<ModelOptions, Model> loaded = new LinkedHashMap<>();
        Engine started = null;
        Map<String, LoraSet> sets = new LinkedHashMap<>();
        List<LoraAdapter> matrices = new ArrayList<>();
        try {
            if (draftsWithHeads()) {
                need(); // refuses heads that cannot be computed, before the weights are read
            }
            List<Model> models = new ArrayList<>();
            for (ModelOptions placement : placements()) {
                models.add(loaded.computeIfAbsent(placement, options -> Model.load(file(), options)));
            }
            for (AdapterPreset adapter : adapters) {
                sets.put(adapter.name(), adapter.load(models.get(0), matrices));
            }
            started = start(models);
            return LoadedModel.owning(started, sets, matrices);
        } catch (Throwable e) {
            if (started != null) {
                started.close();
            }
            matrices.forEach(LoraAdapter::close);
            loaded.values().forEach(Model::close);
            if (e instanceof DeviceMemoryException) {
                throw new ProblemException(
                        Problem.of(Problem.Kind.UNAVAILABLE, "there is no room for the model now: " + e.getMessage())
                                .withCode("model_no_room")
                                .withRetryAfter(RETRY),
                        e);
            }
            throw e;
        }
    }

    /** The engine keeps of the draft model what it needs. */
    private Engine start(List<Model> models) {
        if (draft == null) {
            return Engine.start(models, engine);
        }
        try (Model drafting = Model.load(draftFile(draft), draftOptions())) {
            return Engine.start(models, engine.toBuilder().draftModel(drafting).build());
        }
    }
}
