package dev.tokapu.tool;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether the model may, must or must not call tools.
 *
 * <p>Thread safety: immutable.
 *
 * @param kind which of the choices
 * @param name the tool of {@link Kind#NAMED}, else null
 * @since 0.1
 */
public record ToolChoice(Kind kind, @Nullable String name) {

    /**
     * The choices.
     *
     * <p>Thread safety: immutable.
     *
     * @since 0.1
     */
    public enum Kind {
        /** The model decides. */
        AUTO,
        /** The model knows the tools and calls none. */
        NONE,
        /** The model calls at least one. */
        REQUIRED,
        /** The model calls a certain one. */
        NAMED
    }

    /** Checks the values. */
    public ToolChoice {
        Objects.requireNonNull(kind, "kind");
        if ((kind == Kind.NAMED) != (name != null)) {
            throw new IllegalArgumentException("the tool choice " + kind + " has the name " + name
                    + "; NAMED, and no other choice, has the name of a tool");
        }
    }

    /** {@return that the model decides} */
    public static ToolChoice auto() {
        return new ToolChoice(Kind.AUTO, null);
    }

    /** {@return that the model calls no tool} */
    public static ToolChoice none() {
        return new ToolChoice(Kind.NONE, null);
    }

    /** {@return that the model calls at least one tool} */
    public static ToolChoice required() {
        return new ToolChoice(Kind.REQUIRED, null);
    }

    /**
     * The model calls a certain tool.
     *
     * @param tool its name
     * @return the choice
     */
    public static ToolChoice named(String tool) {
        return new ToolChoice(Kind.NAMED, tool);
    }
}
