package dev.tokapu.mcp;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.ranking.RankedDocument;
import dev.tokapu.ranking.RerankRequest;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.tool.Tool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a model does, as tools: for an {@link McpToolServer}, or for the chat of another model. They need the artifact {@code tokapu-structured}.
 *
 * <p>Thread safety: safe; the tools are those of the engine, embedder or reranker, which must not be closed while they are used.
 *
 * @since 0.1
 */
public final class ModelTools {

    private static final int MOST_TOKENS = 4096;
    private static final int TOKENS = 512;

    private ModelTools() {}

    record Question(
            @JsonPropertyDescription("What to answer") String message,

            @JsonPropertyDescription("How to answer: the system message")
            Optional<String> system,

            @JsonPropertyDescription("How long the answer may be, in tokens")
            Optional<Integer> max_tokens) {}

    record Text(String text) {}

    record Texts(List<String> texts) {}

    record Search(String query, List<String> documents, Optional<Integer> top_n) {}

    record Answer(String text, String finish_reason, int prompt_tokens, int generated_tokens) {}

    record Tokens(int count, List<Integer> tokens) {}

    record Vectors(int dimensions, List<float[]> vectors) {}

    record Ranked(int index, double score) {}

    /** {@return {@code chat}: an answer to a message, and {@code tokenize}: the tokens of a text} */
    public static List<Tool> of(Engine engine) {
        return List.of(
                Tool.of(
                        "chat",
                        "Asks the language model " + name(engine),
                        Question.class,
                        question -> answer(engine, question)),
                Tool.of("tokenize", "The tokens of a text, as the language model counts them", Text.class, text -> {
                    int[] tokens = engine.model().vocab().tokenize(text.text());
                    return new Tokens(
                            tokens.length, Arrays.stream(tokens).boxed().toList());
                }));
    }

    private static String name(Engine engine) {
        return engine.model().metadata().getOrDefault("general.name", "that is served");
    }

    private static Answer answer(Engine engine, Question question) {
        List<ChatMessage> messages = new ArrayList<>();
        question.system().ifPresent(text -> messages.add(ChatMessage.system(text)));
        messages.add(ChatMessage.user(question.message()));
        int tokens = question.max_tokens().orElse(TOKENS);
        if (tokens < 1 || tokens > MOST_TOKENS) {
            throw new IllegalArgumentException("max_tokens must be 1 to " + MOST_TOKENS + ", not " + tokens);
        }
        try (Generation generation =
                engine.submit(Request.builder(messages).maxTokens(tokens).build())) {
            String text = generation.chatAnswer().text();
            return new Answer(
                    text,
                    generation.finishReason().isCutOff() ? "length" : "stop",
                    generation.usage().promptTokens(),
                    generation.usage().generatedTokens());
        }
    }

    /** {@return {@code embed}: the vectors of texts} */
    public static Tool of(Embedder embedder) {
        return Tool.of("embed", "Embedding vectors of texts", Texts.class, texts -> {
            List<float[]> vectors = embedder.embed(texts.texts());
            return new Vectors(embedder.dimensions(), vectors);
        });
    }

    /** {@return {@code rerank}: documents by how well they answer a query} */
    public static Tool of(Reranker reranker) {
        return Tool.of(
                "rerank", "Sorts documents by how well they answer a query, the best first", Search.class, search -> {
                    RerankRequest.Builder request = RerankRequest.builder(search.query(), search.documents());
                    search.top_n().ifPresent(request::topN);
                    return reranker.rerank(request.build()).stream()
                            .map(ModelTools::ranked)
                            .toList();
                });
    }

    private static Ranked ranked(RankedDocument document) {
        return new Ranked(document.index(), document.score());
    }
}
