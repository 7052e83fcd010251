package dev.tokapu.server.model;

import dev.tokapu.ContextOptions;
import dev.tokapu.Fit;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.ModelLoadException;
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
 * @param engine how the engine is started
 * @param adapters what is loaded beside it
 * @param draft where the draft model comes from; null for none
 */
record EngineLoader(
        ModelSource source,
        ModelOptions model,
        EngineOptions engine,
        List<AdapterPreset> adapters,
        @Nullable ModelSource draft)
        implements ModelLoader<LoadedModel> {

    private static final int DEFAULT_SEQUENCE_CONTEXT = 4096; // the engine's
    private static final Duration RETRY = Duration.ofSeconds(5);

    static EngineLoader of(ModelPreset preset) {
        return new EngineLoader(preset.source(), preset.model(), preset.engine(), preset.adapters(), preset.draft());
    }

    /** The tokens of a sequence, as the engine will have them. */
    static int sequenceContextSize(EngineOptions engine, int trained) {
        if (engine.sequenceContextSize() > 0) {
            return engine.sequenceContextSize();
        }
        int most = engine.context().embeddings() ? engine.context().microBatchSize() : DEFAULT_SEQUENCE_CONTEXT;
        return trained > 0 ? Math.min(most, trained) : most;
    }

    @Override
    public Map<String, Long> need() {
        int size = sequenceContextSize(engine, ModelCard.read(file()).trainedContextSize());
        long tokens = engine.kvTokens() > 0 ? engine.kvTokens() : (long) size * engine.maxSequences();
        ContextOptions context = engine.context().toBuilder()
                .contextSize((int) Math.min(Integer.MAX_VALUE, tokens))
                .maxSequences(engine.maxSequences())
                .build();
        Map<String, Long> bytes = LoadedModel.bytes(Fit.estimate(file(), model, context));
        if (draft == null) {
            return bytes;
        }
        Map<String, Long> both = new LinkedHashMap<>(bytes);
        LoadedModel.bytes(Fit.estimate(draftFile(draft), draftOptions(), context))
                .forEach((device, more) -> both.merge(device, more, Long::sum));
        return both;
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
        Model loaded = null;
        Engine started = null;
        Map<String, LoraSet> sets = new LinkedHashMap<>();
        List<LoraAdapter> matrices = new ArrayList<>();
        try {
            loaded = Model.load(file(), model);
            for (AdapterPreset adapter : adapters) {
                sets.put(adapter.name(), adapter.load(loaded, matrices));
            }
            started = start(loaded);
            return LoadedModel.owning(started, sets, matrices);
        } catch (Throwable e) {
            if (started != null) {
                started.close();
            }
            matrices.forEach(LoraAdapter::close);
            if (loaded != null) {
                loaded.close();
            }
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
    private Engine start(Model loaded) {
        if (draft == null) {
            return Engine.start(loaded, engine);
        }
        try (Model drafting = Model.load(draftFile(draft), draftOptions())) {
            return Engine.start(loaded, engine.toBuilder().draftModel(drafting).build());
        }
    }
}
