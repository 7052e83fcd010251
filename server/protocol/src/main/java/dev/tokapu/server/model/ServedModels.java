package dev.tokapu.server.model;

import dev.tokapu.server.download.Downloads;
import dev.tokapu.server.pool.ModelLoader;
import dev.tokapu.server.pool.ModelPool;
import dev.tokapu.server.pool.ModelState;
import dev.tokapu.server.pool.PoolEntry;
import dev.tokapu.server.pool.PoolOptions;
import dev.tokapu.server.pool.PoolStatus;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The models that are served, by name: engines that are there, or presets whose models are loaded when they are asked for.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ServedModels implements AutoCloseable {

    private final PoolThreads threads = new PoolThreads();
    private final ModelPool<LoadedModel> pool;
    private final Downloads downloads = new Downloads();
    private final PulledModels pulled = new PulledModels(); // with the lock of this
    private List<ModelPreset> configured = List.of(); // with the lock of this
    private volatile Names names = new Names(List.of(), Map.of());

    /** All that can be named, at one time. */
    private record Names(List<ModelEntry> all, Map<String, ModelEntry> byName) {

        static Names of(List<ModelEntry> entries) {
            Map<String, ModelEntry> byName = new LinkedHashMap<>();
            for (ModelEntry entry : entries) {
                for (String name : entry.names()) {
                    if (byName.putIfAbsent(name, entry) != null) {
                        throw new IllegalArgumentException(
                                "two models are named '" + name + "'; give them different names");
                    }
                }
            }
            return new Names(List.copyOf(entries), byName);
        }
    }

    private ServedModels(PoolOptions options) {
        this.pool = new ModelPool<>(options, new EngineMemory(this::loaded), threads, threads, List.of());
    }

    /**
     * Models whose engines are there.
     *
     * @param models the models; the first answers calls that name none. Their engines stay the caller's to close
     * @return the models; close them, before their engines
     * @throws IllegalArgumentException when two have the same name
     */
    public static ServedModels of(List<ServedModel> models) {
        ServedModels served = new ServedModels(PoolOptions.defaults());
        List<PoolEntry<LoadedModel>> pooled = new ArrayList<>();
        List<ModelEntry> entries = new ArrayList<>();
        for (ServedModel model : models) {
            LoadedModel loaded = model.loaded();
            PoolEntry<LoadedModel> entry = new PoolEntry<>(model.name(), new Given(loaded), true, null, loaded);
            pooled.add(entry);
            entries.add(ModelEntry.of(model, entry, served.pool));
        }
        served.set(Names.of(entries), pooled);
        return served;
    }

    /** Loads nothing: the model is there. */
    private record Given(LoadedModel model) implements ModelLoader<LoadedModel> {

        @Override
        public Map<String, Long> need() {
            return Map.of();
        }

        @Override
        public LoadedModel load() {
            throw new IllegalStateException("the model is no longer served");
        }
    }

    /**
     * Models that are loaded when they are asked for.
     *
     * @param options how many, and how long they stay
     * @param presets the models; the first answers calls that name none
     * @return the models, of which none is loaded yet; close them
     * @throws IllegalArgumentException when two have the same name
     */
    public static ServedModels ofPresets(PoolOptions options, List<ModelPreset> presets) {
        ServedModels served = new ServedModels(options);
        served.replace(presets);
        return served;
    }

    /**
     * Has other presets from now on. What has not changed goes on; what has, or is no longer there, comes to the end of its requests.
     *
     * @param presets the models; the first answers calls that name none
     * @throws IllegalArgumentException when two have the same name; nothing is changed then
     */
    public synchronized void replace(List<ModelPreset> presets) {
        serve(pulled.behind(presets));
        configured = List.copyOf(presets);
    }

    private void serve(List<ModelPreset> presets) {
        List<PoolEntry<LoadedModel>> pooled = new ArrayList<>();
        List<ModelEntry> entries = new ArrayList<>();
        for (ModelPreset preset : presets) {
            PoolEntry<LoadedModel> entry =
                    new PoolEntry<>(preset.name(), EngineLoader.of(preset), preset.pinned(), preset.keepAlive(), null);
            pooled.add(entry);
            entries.addAll(ModelEntry.of(preset, entry, pool, downloads));
        }
        set(Names.of(entries), pooled);
    }

    private synchronized void set(Names value, List<PoolEntry<LoadedModel>> pooled) {
        pool.replace(pooled);
        names = value;
    }

    /**
     * Has the pinned models loaded.
     *
     * @return when they are; it fails with the first that cannot be
     */
    public CompletableFuture<Void> loadPinned() {
        return CompletableFuture.allOf(names.all().stream()
                .filter(entry -> entry.pinned() && entry.base() == null)
                .map(entry -> entry.use().thenAccept(ModelLease::close))
                .toArray(CompletableFuture[]::new));
    }

    /** {@return the downloads of models from hubs} */
    public Downloads downloads() {
        return downloads;
    }

    /**
     * Lets callers have models downloaded, which are served from then on.
     *
     * @param how makes of a preset with the defaults how such a model is served
     * @throws IllegalStateException when the models are not made of presets
     */
    public synchronized void allowPulls(UnaryOperator<ModelPreset> how) {
        if (configured.isEmpty()) {
            throw new IllegalStateException("these models are not loaded on demand; make them with ofPresets");
        }
        pulled.allow(how);
    }

    /** {@return whether callers may have models downloaded} */
    public synchronized boolean allowsPulls() {
        return pulled.allowed();
    }

    /**
     * Serves a model that a caller has had downloaded, if callers may and its names are free.
     *
     * @param preset its names and where it comes from
     */
    public synchronized void servePulled(ModelPreset preset) {
        pulled.add(preset);
        serve(pulled.behind(configured));
    }

    /** {@return all of them, adapters behind their models} */
    public List<ModelEntry> all() {
        return names.all();
    }

    /** {@return the models in memory} */
    public List<LoadedModel> loaded() {
        return pool.loaded();
    }

    /** Sets what is run after each load, before anybody uses the model; it does not wait. */
    public void onLoaded(Runnable action) {
        pool.onLoaded(action);
    }

    /** {@return whether all that are pinned are loaded, and their engines run} */
    public boolean areOpen() {
        return names.all().stream().filter(ModelEntry::pinned).allMatch(entry -> {
            PoolStatus<LoadedModel> status = entry.status();
            LoadedModel model = status.model();
            return status.state() == ModelState.LOADED && model != null && model.isOpen();
        });
    }

    /**
     * The model that a call names.
     *
     * @param name its name or alias; null for the first that may be used
     * @param allowed which may be used
     * @return the model
     * @throws ProblemException when there is none, or it may not be used
     */
    public ModelEntry find(@Nullable String name, Predicate<? super ModelEntry> allowed) {
        Names known = names;
        ModelEntry entry = name == null
                ? known.all().stream().filter(allowed).findFirst().orElse(null)
                : known.byName().get(name);
        if (entry == null && name == null && !known.all().isEmpty()) {
            throw new ProblemException(new Problem(
                    Problem.Kind.FORBIDDEN,
                    "the API key may use none of the models that are served here",
                    "model",
                    "model_not_allowed",
                    null));
        }
        if (entry == null) {
            throw new ProblemException(new Problem(
                    Problem.Kind.NOT_FOUND,
                    (name == null ? "no model is" : "the model '" + name + "' is not") + " served here; there are: "
                            + known.byName().entrySet().stream()
                                    .filter(one -> allowed.test(one.getValue()))
                                    .map(Map.Entry::getKey)
                                    .collect(Collectors.joining(", ")),
                    "model",
                    "model_not_found",
                    null));
        }
        if (!allowed.test(entry)) {
            throw new ProblemException(new Problem(
                    Problem.Kind.FORBIDDEN,
                    "the API key may not use the model '" + name + "'",
                    "model",
                    "model_not_allowed",
                    null));
        }
        return entry;
    }

    /** Unloads all that it has loaded; requests are cancelled. Idempotent. */
    @Override
    public void close() {
        downloads.close();
        pool.close();
        threads.close();
    }

    @Override
    public String toString() {
        Set<String> all = new LinkedHashSet<>();
        names.all().forEach(entry -> all.add(entry.name()));
        return "ServedModels" + all;
    }
}
