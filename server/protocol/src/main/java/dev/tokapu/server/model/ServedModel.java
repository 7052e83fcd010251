package dev.tokapu.server.model;

import dev.tokapu.chat.ChatPrompt;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatTokenizer;
import dev.tokapu.engine.Engine;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model that is served, with the engine that generates.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ServedModel implements AutoCloseable {

    private final String name;
    private final List<String> aliases;
    private final Engine engine;
    private final Instant created = Instant.now();
    private @Nullable ChatTokenizer template;
    private boolean closed;

    /**
     * Creates one.
     *
     * @param name what callers name it
     * @param aliases other names for it
     * @param engine its engine, which stays the caller's to close
     */
    public ServedModel(String name, List<String> aliases, Engine engine) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a model is empty; callers need one");
        }
        this.name = name;
        this.aliases = List.copyOf(aliases);
        this.engine = Objects.requireNonNull(engine, "engine");
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
        return engine;
    }

    /** {@return since when it is served} */
    public Instant created() {
        return created;
    }

    /**
     * A conversation as the model would read it.
     *
     * @param conversation the conversation
     * @return the prompt
     * @throws dev.tokapu.exception.ChatTemplateException when the model has no template, or it refuses the conversation
     */
    public ChatPrompt render(ChatRequest conversation) {
        ChatTokenizer made;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the model '" + name + "' is no longer served");
            }
            made = template == null ? ChatTokenizer.of(engine.model()) : template;
            template = made;
        }
        return made.tokenize(conversation);
    }

    /** Frees what this has made; the engine stays open. */
    @Override
    public synchronized void close() {
        closed = true;
        if (template != null) {
            template.close();
        }
    }

    @Override
    public String toString() {
        return "ServedModel[" + name + ", " + engine + "]";
    }
}
