package dev.tokapu.server.model;

import dev.tokapu.LoraSet;
import dev.tokapu.chat.ChatPrompt;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.engine.Engine;
import java.util.List;

/**
 * A model that is served, with the engine that generates.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ServedModel {

    private final String name;
    private final List<String> aliases;
    private final LoadedModel loaded;
    private final LoraSet adapters;
    private final AnswerDefaults defaults;

    /**
     * Creates one.
     *
     * @param name what callers name it
     * @param aliases other names for it
     * @param engine its engine, which stays the caller's to close
     */
    public ServedModel(String name, List<String> aliases, Engine engine) {
        this(name, aliases, LoadedModel.of(engine), LoraSet.NONE, AnswerDefaults.NONE);
    }

    ServedModel(String name, List<String> aliases, LoadedModel loaded, LoraSet adapters, AnswerDefaults defaults) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a model is empty; callers need one");
        }
        this.name = name;
        this.aliases = List.copyOf(aliases);
        this.loaded = loaded;
        this.adapters = adapters;
        this.defaults = defaults;
    }

    /** {@return what callers name it} */
    public String name() {
        return name;
    }

    /** {@return its other names} */
    public List<String> aliases() {
        return aliases;
    }

    /** {@return its engine} */
    public Engine engine() {
        return loaded.engine();
    }

    /** {@return the LoRA adapters that its requests are computed with} */
    public LoraSet adapters() {
        return adapters;
    }

    /** {@return what goes where a request does not say otherwise} */
    public AnswerDefaults defaults() {
        return defaults;
    }

    LoadedModel loaded() {
        return loaded;
    }

    /**
     * A conversation as the model would read it.
     *
     * @param conversation the conversation
     * @return the prompt
     * @throws dev.tokapu.exception.ChatTemplateException when the model has no template, or it refuses the conversation
     */
    public ChatPrompt render(ChatRequest conversation) {
        return loaded.render(conversation);
    }

    @Override
    public String toString() {
        return "ServedModel[" + name + ", " + loaded.engine() + "]";
    }
}
