package dev.tokapu.engine;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import java.util.List;
import java.util.Objects;

/**
 * The beginning of prompts to come, to be computed ahead of them: {@link PrefixCache#warm}.
 *
 * <p>Thread safety: immutable.
 *
 * @param prompt the beginning. Of a conversation what comes before the text of a user's next message
 * @param scheduling for whom and with which adapters it is computed, and when
 * @param isPublic whether requests of all tenants may begin with it, who learn by its speed and their usage that it is there
 * @param pinned whether it stays until it is unpinned
 * @since 0.1
 */
public record PrefixRequest(Prompt prompt, SchedulingOptions scheduling, boolean isPublic, boolean pinned) {

    /** Checks the values. */
    public PrefixRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(scheduling, "scheduling");
    }

    /**
     * The beginning of texts, pinned, for the default tenant.
     *
     * @param text the text; tokens at its end may be others in a longer text, and are computed again then
     * @return the request
     */
    public static PrefixRequest of(String text) {
        return of(new Prompt.Text(text));
    }

    /**
     * The beginning of conversations, for example a system message, pinned, for the default tenant.
     *
     * @param messages the messages that they begin with; a message of the user follows
     * @return the request
     */
    public static PrefixRequest of(List<ChatMessage> messages) {
        return of(new Prompt.Chat(ChatRequest.of(messages)));
    }

    /**
     * The beginning of prompts, pinned, for the default tenant.
     *
     * @param prompt text, tokens or a conversation with tools and arguments
     * @return the request
     */
    public static PrefixRequest of(Prompt prompt) {
        return new PrefixRequest(prompt, SchedulingOptions.defaults(), false, true);
    }

    /**
     * The same with other scheduling options.
     *
     * @param value tenant, adapters, priority and deadline
     * @return the request
     */
    public PrefixRequest withScheduling(SchedulingOptions value) {
        return new PrefixRequest(prompt, value, isPublic, pinned);
    }

    /** {@return the same for requests of all tenants} */
    public PrefixRequest forEverybody() {
        return new PrefixRequest(prompt, scheduling, true, pinned);
    }

    /** {@return the same, to be evicted when there is no room} */
    public PrefixRequest unpinned() {
        return new PrefixRequest(prompt, scheduling, isPublic, false);
    }
}
