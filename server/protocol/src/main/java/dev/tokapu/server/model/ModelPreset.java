package dev.tokapu.server.model;

import dev.tokapu.ModelOptions;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Speculation;
import dev.tokapu.source.ModelSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model that is loaded when it is asked for: under which names, from where, and how.
 *
 * <p>Thread safety: immutable.
 *
 * @param name what callers name it
 * @param aliases other names for it
 * @param source where it comes from
 * @param model how it is loaded
 * @param devices names of devices that each have all of it and a replica of its engine, {@code CPU} for the CPU; one that is there twice has two. None for
 *     one replica, where {@code model} says
 * @param engine how its engine is started, all replicas together
 * @param adapters the LoRA adapters that it is served with, too
 * @param defaults what goes where a request does not say otherwise
 * @param pinned whether it stays loaded, and is loaded when the server starts
 * @param draft where the draft model comes from, which is loaded with it and drafts for its engine; null for none
 * @param keepAlive how long it stays after its last request; null for what the server says
 * @since 0.1
 */
public record ModelPreset(
        String name,
        List<String> aliases,
        ModelSource source,
        ModelOptions model,
        List<String> devices,
        EngineOptions engine,
        List<AdapterPreset> adapters,
        AnswerDefaults defaults,
        @Nullable ModelSource draft,
        boolean pinned,
        @Nullable Duration keepAlive) {

    /** Checks the values. */
    public ModelPreset {
        aliases = List.copyOf(aliases);
        devices = List.copyOf(devices);
        adapters = List.copyOf(adapters);
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(defaults, "defaults");
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a model is empty; callers need one");
        }
        if (engine.context().embeddings() && (draft != null || engine.speculation() instanceof Speculation.Mtp)) {
            throw new IllegalArgumentException(
                    "the model '" + name + "' makes embeddings, for which nothing is drafted; leave out what drafts");
        }
    }

    /** {@return a preset with the defaults, that is loaded on demand} */
    public static ModelPreset of(String name, ModelSource source) {
        return new ModelPreset(
                name,
                List.of(),
                source,
                ModelOptions.defaults(),
                List.of(),
                EngineOptions.defaults(),
                List.of(),
                AnswerDefaults.NONE,
                null,
                false,
                null);
    }

    /** {@return the same with other names} */
    public ModelPreset withNames(String newName, List<String> newAliases) {
        return new ModelPreset(
                newName, newAliases, source, model, devices, engine, adapters, defaults, draft, pinned, keepAlive);
    }

    /** {@return the same, loaded in another way} */
    public ModelPreset withOptions(ModelOptions newModel, EngineOptions newEngine) {
        return new ModelPreset(
                name, aliases, source, newModel, devices, newEngine, adapters, defaults, draft, pinned, keepAlive);
    }

    /** {@return the same with a replica of its engine on each of these devices} */
    public ModelPreset withDevices(List<String> value) {
        return new ModelPreset(
                name, aliases, source, model, value, engine, adapters, defaults, draft, pinned, keepAlive);
    }

    /** {@return the same with LoRA adapters} */
    public ModelPreset withAdapters(List<AdapterPreset> value) {
        return new ModelPreset(
                name, aliases, source, model, devices, engine, value, defaults, draft, pinned, keepAlive);
    }

    /** {@return the same with other defaults of answers} */
    public ModelPreset withDefaults(AnswerDefaults value) {
        return new ModelPreset(
                name, aliases, source, model, devices, engine, adapters, value, draft, pinned, keepAlive);
    }

    /** {@return the same, that stays loaded or goes} */
    public ModelPreset withStay(boolean isPinned, @Nullable Duration newKeepAlive) {
        return new ModelPreset(
                name, aliases, source, model, devices, engine, adapters, defaults, draft, isPinned, newKeepAlive);
    }

    /** {@return the same with the MTP heads of the model's own file, which draft for its engine: how, for requests that do not say so} */
    public ModelPreset withMtpHeads(Speculation speculation) {
        return withOptions(
                model.toBuilder().mtpHeads(true).build(),
                engine.toBuilder().speculation(speculation).build());
    }

    /** {@return the same with a draft model: what drafts, and how for requests that do not say so} */
    public ModelPreset withDraft(ModelSource newDraft, Speculation speculation) {
        EngineOptions drafting = engine.toBuilder().speculation(speculation).build();
        return new ModelPreset(
                name, aliases, source, model, devices, drafting, adapters, defaults, newDraft, pinned, keepAlive);
    }
}
