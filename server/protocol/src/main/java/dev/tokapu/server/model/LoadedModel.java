package dev.tokapu.server.model;

import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.chat.ChatPrompt;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.chat.ChatTokenizer;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.Engine;
import dev.tokapu.server.pool.PooledModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory, with its engine and its adapters. All names that it is served by share it.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class LoadedModel implements PooledModel {

    private final Engine engine;
    private final Map<String, LoraSet> adapters;
    private final List<LoraAdapter> owned;
    private final boolean ownsEngine;
    private final Map<String, Long> held;
    private @Nullable ChatTokenizer template;
    private boolean closed;
    private volatile @Nullable ModelFeatures features;
    private volatile @Nullable ModelCard card;

    private LoadedModel(Engine engine, Map<String, LoraSet> adapters, List<LoraAdapter> owned, boolean ownsEngine) {
        this.engine = engine;
        this.adapters = Map.copyOf(adapters);
        this.owned = List.copyOf(owned);
        this.ownsEngine = ownsEngine;
        this.held = ownsEngine ? bytes(engine.memory()) : Map.of();
    }

    /** One whose engine stays the caller's to close. */
    static LoadedModel of(Engine engine) {
        return new LoadedModel(Objects.requireNonNull(engine, "engine"), Map.of(), List.of(), false);
    }

    /** One that closes engine, adapters and model. */
    static LoadedModel owning(Engine engine, Map<String, LoraSet> adapters, List<LoraAdapter> loaded) {
        return new LoadedModel(engine, adapters, loaded, true);
    }

    /** A report as bytes by memory. */
    static Map<String, Long> bytes(MemoryReport report) {
        Map<String, Long> bytes = new HashMap<>();
        report.rows().forEach(row -> bytes.merge(row.where(), row.total(), Long::sum));
        return bytes;
    }

    /** {@return its engine} */
    public Engine engine() {
        return engine;
    }

    /** The adapters of a name; none for the model itself. */
    LoraSet adapters(@Nullable String name) {
        return name == null ? LoraSet.NONE : adapters.getOrDefault(name, LoraSet.NONE);
    }

    /** Weights that are used where their file is mapped: the system does not count them as taken. */
    long mappedBytes() {
        return !ownsEngine || engine.model().isClosed()
                ? 0
                : engine.models().stream()
                        .flatMap(model -> model.memory().rows().stream())
                        .filter(row -> row.buffer().endsWith("_Mapped"))
                        .mapToLong(MemoryReport.Row::weights)
                        .sum();
    }

    /** What its file says. */
    ModelCard card() {
        ModelCard known = card;
        if (known == null) {
            known = ModelCard.of(engine.model());
            card = known;
        }
        return known;
    }

    /** What it can do, as its template says. */
    ModelFeatures features() {
        ModelFeatures known = features;
        if (known != null) {
            return known;
        }
        ModelFeatures found = engine.options().context().embeddings()
                ? ModelFeatures.ofVectors(engine.pooling() == Pooling.RANK)
                : featuresOfAnswers();
        features = found;
        return found;
    }

    private ModelFeatures featuresOfAnswers() {
        String own = engine.options().chatTemplate();
        if (own == null && !engine.model().hasChatTemplate()) {
            return ModelFeatures.ofAnswers("");
        }
        try (ChatTemplate used = own == null ? ChatTemplate.of(engine.model()) : ChatTemplate.of(engine.model(), own)) {
            return ModelFeatures.ofAnswers(used);
        }
    }

    @Override
    public boolean isOpen() {
        return engine.isOpen();
    }

    @Override
    public Map<String, Long> held() {
        return held;
    }

    ChatPrompt render(ChatRequest conversation) {
        ChatTokenizer made;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException(this + " is no longer served");
            }
            String own = engine.options().chatTemplate();
            made = template != null
                    ? template
                    : own == null ? ChatTokenizer.of(engine.model()) : ChatTokenizer.of(engine.model(), own);
            template = made;
        }
        return made.tokenize(conversation);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (template != null) {
            template.close();
        }
        if (ownsEngine) {
            engine.close();
            owned.forEach(LoraAdapter::close);
            engine.models().forEach(Model::close);
        }
    }

    @Override
    public String toString() {
        return "LoadedModel[" + engine + "]";
    }
}
