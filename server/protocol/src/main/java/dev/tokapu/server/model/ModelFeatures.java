package dev.tokapu.server.model;

import dev.tokapu.chat.ChatTemplate;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model can do. Of one that is not loaded, what its template looks like is told.
 *
 * <p>Thread safety: immutable.
 *
 * @param embeds whether it makes embeddings of texts, and no answers
 * @param tools whether its template has tools
 * @param thinks whether it can think before it answers
 * @since 0.1
 */
public record ModelFeatures(boolean embeds, boolean tools, boolean thinks) {

    static ModelFeatures of(boolean embeds, String template) {
        return new ModelFeatures(embeds, template.contains("tools"), thinks(template));
    }

    static ModelFeatures of(boolean embeds, ChatTemplate template) {
        boolean tools = Boolean.TRUE.equals(template.capabilities().get("supports_tools"));
        return new ModelFeatures(embeds, tools, thinks(template.source()));
    }

    /** Templates do not say so; those of models that think have one of these words. */
    static boolean thinks(String template) {
        return template.contains("<think>")
                || template.contains("enable_thinking")
                || template.contains("reasoning_effort");
    }

    /** {@return the names that Ollama has for them} */
    public List<String> names() {
        if (embeds) {
            return List.of("embedding");
        }
        List<String> names = new ArrayList<>();
        names.add("completion");
        if (tools) {
            names.add("tools");
        }
        if (thinks) {
            names.add("thinking");
        }
        return names;
    }
}
