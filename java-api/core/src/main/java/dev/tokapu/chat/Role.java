package dev.tokapu.chat;

/**
 * Who says a message.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum Role {
    /** The author of the application: instructions for the whole conversation. */
    SYSTEM("system"),

    /** The person, or whoever asks. */
    USER("user"),

    /** The model. */
    ASSISTANT("assistant"),

    /** The result of a tool that the model called. */
    TOOL("tool");

    private final String text;

    Role(String text) {
        this.text = text;
    }

    /**
     * The name that chat templates use.
     *
     * @return lower-case text, for example {@code user}
     */
    public String text() {
        return text;
    }
}
