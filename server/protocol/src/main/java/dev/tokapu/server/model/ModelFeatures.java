package dev.tokapu.server.model;

import dev.tokapu.chat.ChatTemplate;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model can do. Of one that is not loaded, what its template looks like is told.
 *
 * <p>Thread safety: immutable.
 *
 * @param embeds whether it makes embeddings or scores of texts, and no answers
 * @param reranks whether it scores how well documents fit a query, and makes no embeddings
 * @param tools whether its template has tools
 * @param thinks whether it can think before it answers
 * @since 0.1
 */
public record ModelFeatures(boolean embeds, boolean reranks, boolean tools, boolean thinks) {

    /** Those of a model for vectors of texts. */
    static ModelFeatures ofVectors(boolean reranks) {
        return new ModelFeatures(true, reranks, false, false);
    }

    /** Those of a model for answers. */
    static ModelFeatures ofAnswers(String template) {
        return new ModelFeatures(false, false, template.contains("tools"), thinks(template));
    }

    /** Those of a model for answers. */
    static ModelFeatures ofAnswers(ChatTemplate template) {
        boolean tools = Boolean.TRUE.equals(template.capabilities().get("supports_tools"));
        return new ModelFeatures(false, false, tools, thinks(template.source()));
    }

    /** Templates do not say so; those of models that think have one of these words. */
    static boolean thinks(String template) {
        return template.contains("<think>")
                || template.contains("enable_thinking")
                || template.contains("reasoning_effort");
    }

    /** {@return the names that Ollama has for them, and {@code rerank}, for which it has none} */
    public List<String> names() {
        if (embeds) {
            return List.of(reranks ? "rerank" : "embedding");
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
