package dev.tokapu.server.model;

import dev.tokapu.Pooling;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.server.download.Downloads;
import dev.tokapu.server.pool.Lease;
import dev.tokapu.server.pool.ModelPool;
import dev.tokapu.server.pool.PoolEntry;
import dev.tokapu.server.pool.PoolStatus;
import dev.tokapu.source.ModelSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A name that callers can use, with what stands behind it, loaded or not.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ModelEntry {

    private static final Logger LOG = LoggerFactory.getLogger(ModelEntry.class);
    private static final ModelCard NO_CARD = new ModelCard("unknown", "unknown", 0, 0, 0, Map.of());

    private final String name;
    private final List<String> aliases;
    private final PoolEntry<LoadedModel> pooled;
    private final ModelPool<LoadedModel> pool;
    private final @Nullable ModelPreset preset;
    private final @Nullable AdapterPreset adapter;
    private final @Nullable HubModel hub;
    private final Instant created = Instant.now();
    private volatile @Nullable ModelCard card; // of the file

    private ModelEntry(
            String name,
            List<String> aliases,
            PoolEntry<LoadedModel> pooled,
            ModelPool<LoadedModel> pool,
            @Nullable ModelPreset preset,
            @Nullable AdapterPreset adapter,
            @Nullable HubModel hub) {
        this.name = name;
        this.aliases = List.copyOf(aliases);
        this.pooled = pooled;
        this.pool = pool;
        this.preset = preset;
        this.adapter = adapter;
        this.hub = hub;
    }

    static ModelEntry of(ServedModel model, PoolEntry<LoadedModel> pooled, ModelPool<LoadedModel> pool) {
        return new ModelEntry(model.name(), model.aliases(), pooled, pool, null, null, null);
    }

    /** That of a preset, and those of its adapters. */
    static List<ModelEntry> of(
            ModelPreset preset, PoolEntry<LoadedModel> pooled, ModelPool<LoadedModel> pool, Downloads downloads) {
        HubModel hub = preset.source() instanceof ModelSource.Remote remote ? new HubModel(remote, downloads) : null;
        List<ModelEntry> entries = new ArrayList<>();
        entries.add(new ModelEntry(preset.name(), preset.aliases(), pooled, pool, preset, null, hub));
        for (AdapterPreset adapter : preset.adapters()) {
            String name = preset.name() + ':' + adapter.name();
            entries.add(new ModelEntry(name, adapter.aliases(), pooled, pool, preset, adapter, hub));
        }
        return entries;
    }

    /** {@return what callers name it} */
    public String name() {
        return name;
    }

    /** {@return its other names} */
    public List<String> aliases() {
        return aliases;
    }

    /** {@return its name, and then the others} */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        names.add(name);
        names.addAll(aliases);
        return names;
    }

    /** {@return since when it is served} */
    public Instant created() {
        return created;
    }

    /** {@return the name of the model that this is an adapter of; null for a model itself} */
    public @Nullable String base() {
        return adapter == null ? null : pooled.name();
    }

    /** {@return whether it stays loaded} */
    public boolean pinned() {
        return pooled.pinned() || pooled.ready() != null;
    }

    /** {@return how it is now} */
    public PoolStatus<LoadedModel> status() {
        PoolStatus<LoadedModel> status = pool.status(pooled.name());
        return hub == null ? status : hub.status(status);
    }

    /** {@return the name on a hub that it was or will be downloaded by; null for other models} */
    public ModelSource.@Nullable Remote remote() {
        return hub == null ? null : hub.source();
    }

    /** {@return the model where it is loaded, which may go at any time: for figures alone; null where it is not} */
    public @Nullable ServedModel loaded() {
        LoadedModel model = status().model();
        return model == null ? null : view(model);
    }

    /** Has it downloaded and loaded where it is not; who cancels the future no longer waits. */
    CompletableFuture<Lease<LoadedModel>> acquire() {
        boolean loaded = pool.status(pooled.name()).model() != null;
        return hub == null || loaded ? pool.acquire(pooled.name()) : hub.acquire(() -> pool.acquire(pooled.name()));
    }

    /** Asks for its use, which ends with the lease. */
    public CompletableFuture<ModelLease> use() {
        CompletableFuture<Lease<LoadedModel>> asked = acquire();
        if (asked.isDone() && !asked.isCompletedExceptionally()) {
            return CompletableFuture.completedFuture(lease(asked.join()));
        }
        CompletableFuture<ModelLease> use = new CompletableFuture<>();
        CompletableFuture<Void> unused = asked.handle((lease, failure) -> {
            if (failure != null) {
                use.completeExceptionally(failure);
            } else if (!use.complete(lease(lease))) {
                lease.close();
            }
            return null;
        });
        CompletableFuture<ModelLease> ignored = use.whenComplete((lease, failure) -> {
            if (use.isCancelled()) {
                asked.cancel(false);
            }
        });
        return use;
    }

    private ModelLease lease(Lease<LoadedModel> lease) {
        return new ModelLease(view(lease.model()), lease);
    }

    private ServedModel view(LoadedModel model) {
        return new ServedModel(
                name,
                aliases,
                model,
                model.adapters(adapter == null ? null : adapter.name()),
                preset == null ? AnswerDefaults.NONE : preset.defaults());
    }

    /**
     * Has it unloaded as soon as nobody uses it, unless it is pinned.
     *
     * @return whether it is loaded and may go
     */
    public boolean unload() {
        return pool.unload(pooled.name());
    }

    /** {@return what its file says; of a file that cannot be read, nothing} */
    public ModelCard card() {
        ServedModel loaded = loaded();
        if (loaded != null) {
            try {
                return loaded.loaded().card();
            } catch (IllegalStateException e) {
                LOG.debug("The model '{}' went while it was looked at", name, e);
            }
        }
        return fileCard();
    }

    private ModelCard fileCard() {
        ModelCard known = card;
        if (known == null && preset != null) {
            try {
                known = ModelCard.read(preset.source());
                card = known;
            } catch (TokapuException e) {
                LOG.debug("The file of the model '{}' cannot be read", name, e);
            }
        }
        return known == null ? NO_CARD : known;
    }

    /** {@return a text that tells it from other models, and is the same whether or not it is loaded} */
    public String identity() {
        String adapted = adapter == null ? "" : " " + adapter;
        return preset == null
                ? card().metadata() + " " + card().sizeInBytes()
                : preset.source() + " " + fileCard().sizeInBytes() + adapted;
    }

    /** {@return what it can do} */
    public ModelFeatures features() {
        ServedModel loaded = loaded();
        if (loaded != null) {
            try {
                return loaded.loaded().features();
            } catch (IllegalStateException | TokapuException e) {
                LOG.debug("The model '{}' went while it was looked at", name, e);
            }
        }
        if (embeds()) {
            Pooling pooling = engineOptions().context().pooling();
            return ModelFeatures.ofVectors(
                    pooling == Pooling.RANK || (pooling == Pooling.UNSPECIFIED && card().reranks()));
        }
        String own = engineOptions().chatTemplate();
        return ModelFeatures.ofAnswers(own == null ? card().template() : own);
    }

    /** {@return how its engine is or would be started} */
    public EngineOptions engineOptions() {
        ServedModel loaded = loaded();
        return preset != null
                ? preset.engine()
                : Objects.requireNonNull(loaded).engine().options();
    }

    /** {@return the most tokens that a request may have, prompt and answer together} */
    public int sequenceContextSize() {
        ServedModel loaded = loaded();
        return loaded != null
                ? loaded.engine().sequenceContextSize()
                : EngineLoader.sequenceContextSize(engineOptions(), card().trainedContextSize());
    }

    /** {@return whether it makes embeddings or scores of texts, and no answers} */
    public boolean embeds() {
        return engineOptions().context().embeddings();
    }

    @Override
    public String toString() {
        return "ModelEntry[" + name + ", " + status().state() + "]";
    }
}
