package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.engine.run.EngineConfig;
import dev.tokapu.engine.schedule.SchedulerConfig;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.text.ScoredText;
import dev.tokapu.internal.util.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks requests and makes tokens of their prompts, on the threads that submit.
 *
 * <p>Thread safety: safe.
 */
final class PromptReader implements AutoCloseable {

    private final List<Model> models;
    private final Model model;
    private final EngineConfig config;
    private final SchedulerConfig schedulerConfig;
    private final RequestTokenizer texts;

    /**
     * Creates it.
     *
     * @param models those of the replicas, which have the same tokens
     * @param config of the smallest replica
     */
    PromptReader(List<Model> models, @Nullable String chatTemplate, EngineConfig config) {
        this.models = models;
        this.model = models.get(0);
        this.config = config;
        this.schedulerConfig = config.schedulerConfig();
        this.texts = new RequestTokenizer(model, chatTemplate);
    }

    /** What can be said without reading the prompt. */
    void check(Request request) {
        if (request.answers() > config.maxSequences()) {
            throw new IllegalArgumentException("the request wants " + request.answers()
                    + " answers; the engine generates " + config.maxSequences()
                    + " at a time with one context (EngineOptions.maxSequences)");
        }
        check(request.scheduling().adapters());
    }

    void check(LoraSet set) {
        set.requireFit(models);
    }

    /** The prompt of a request that generates. */
    RequestTokenizer.Tokenized read(Request request) {
        RequestTokenizer.Tokenized tokenized = texts.tokenize(request.prompt());
        int tokens = tokenized.prompt().tokens().length;
        requireRoom(tokens, 1);
        requireKvCache(request, tokens);
        return tokenized;
    }

    /** How many tokens an answer has at most. */
    int longestAnswer(Request request, int prompt) {
        return schedulerConfig.longestAnswer(request.generation().maxTokens(), prompt);
    }

    private void requireRoom(int tokens, int reserve) {
        if (tokens + reserve > schedulerConfig.slotTokens()) {
            throw tooLong(tokens, schedulerConfig.slotTokens());
        }
    }

    /** Several answers are never preempted: all that they may need has to fit. */
    private void requireKvCache(Request request, int prompt) {
        int answers = request.answers();
        int most = longestAnswer(request, prompt);
        long needed = prompt + (long) answers * most;
        if (config.unified() && needed > schedulerConfig.kvTokens()) {
            throw new IllegalArgumentException(answers + " answers of at most " + most + " tokens to a prompt of "
                    + prompt + " may take " + needed + " tokens; the KV cache holds " + schedulerConfig.kvTokens()
                    + ". Ask for fewer or shorter answers, or raise EngineOptions.kvTokens");
        }
    }

    static ContextOverflowException tooLong(int tokens, int size) {
        return new ContextOverflowException(
                tokens,
                size,
                "shorten the text, or raise EngineOptions.sequenceContextSize (ContextOptions.contextSize"
                        + " says nothing on an engine)");
    }

    /** A text to score. */
    ScoredText read(ScoreRequest request) {
        int[] alone = ScoredText.tokenize(model.vocab(), request.prompt());
        ScoredText text = ScoredText.of(model.vocab(), alone, request.prompt(), request.continuation());
        ScoredText.requirePrompt(text.common());
        requireRoom(text.tokens().length, 0);
        return text;
    }

    /** Tokens to score. */
    int[] read(int[] prompt) {
        return read(new Prompt.Tokens(prompt));
    }

    /** A text to embed. */
    int[] read(EmbedRequest request) {
        Checks.between("dimensions", request.dimensions(), 0, model.info().outputEmbeddingSize());
        return read(request.prompt());
    }

    private int[] read(Prompt prompt) {
        int[] tokens = texts.tokenize(prompt).prompt().tokens();
        requireRoom(tokens.length, 0);
        return tokens;
    }

    /** The beginning of prompts to come. */
    int[] read(PrefixRequest request) {
        int[] tokens = texts.tokenizeBeginning(request.prompt());
        requireRoom(tokens.length, 0);
        return tokens;
    }

    @Override
    public void close() {
        texts.close();
    }
}
