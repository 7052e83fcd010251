package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatPrompt;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.run.ActiveSequence;
import dev.tokapu.engine.run.AdapterGroups;
import dev.tokapu.engine.run.EngineConfig;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.LogitsReaders;
import dev.tokapu.engine.run.TokenChannel;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledRequestBuilder;
import dev.tokapu.engine.schedule.SchedulerConfig;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.text.SamplerPriming;
import dev.tokapu.internal.text.ScoredText;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.TokenPrompt;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks requests and makes tasks of them, on the threads that submit. A task has a number for its adapters, which the
 * engine's thread gives back at its end.
 *
 * <p>Thread safety: safe.
 */
final class RequestPreprocessor implements AutoCloseable {

    private static final int MOST_STEPS_READ = 2;

    private final Model model;
    private final EngineConfig config;
    private final SchedulerConfig schedulerConfig;
    private final AdapterGroups adapters;
    private final EngineParts parts;
    private final SpeculationSupport speculation;
    private final RequestTokenizer texts;
    private final LogitsReaders readers;
    private final AtomicLong ids = new AtomicLong();

    RequestPreprocessor(
            Model model,
            @Nullable String chatTemplate,
            EngineConfig config,
            AdapterGroups adapters,
            SpeculationSupport speculation,
            EngineParts parts) {
        this.model = model;
        this.config = config;
        this.schedulerConfig = config.schedulerConfig();
        this.adapters = adapters;
        this.speculation = speculation;
        this.parts = parts;
        this.texts = new RequestTokenizer(model, chatTemplate);
        this.readers = new LogitsReaders(parts.executors().rows(), MOST_STEPS_READ * config.scoredRows());
    }

    /** What can be said without reading the prompt. */
    void check(Request request) {
        if (request.answers() > config.maxSequences()) {
            throw new IllegalArgumentException(
                    "the request wants " + request.answers() + " answers; the engine generates " + config.maxSequences()
                            + " at a time (EngineOptions.maxSequences)");
        }
        check(request.scheduling().adapters());
    }

    void check(LoraSet set) {
        set.requireFit(model);
    }

    private void requireRoom(int tokens, int reserve) {
        if (tokens + reserve > schedulerConfig.slotTokens()) {
            throw tooLong(tokens, schedulerConfig.slotTokens());
        }
    }

    /** Several answers are never preempted: all that they may need has to fit. */
    private void requireKvCache(Request request, int prompt) {
        int answers = request.answers();
        int most = Math.min(request.generation().maxTokens(), schedulerConfig.slotTokens() - prompt);
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

    /**
     * A request that is ready to be computed.
     *
     * @param task what the engine's thread computes
     * @param first the first of its answers
     */
    record Prepared(GenerateTask task, Generation first) {}

    /** Makes a task of a request that generates. */
    Prepared task(Request request, FinishedRequest.Operation operation) {
        RequestTokenizer.Tokenized tokenized = texts.tokenize(request.prompt());
        TokenPrompt prompt = tokenized.prompt();
        int[] tokens = prompt.tokens();
        requireRoom(tokens.length, 1);
        requireKvCache(request, tokens.length);
        long now = System.nanoTime();
        GenerationOptions options = options(request, tokenized.chat());
        RequestAdapters used = RequestAdapters.of(adapters, request.scheduling().adapters(), tokens);
        List<SamplerChain> chains = new ArrayList<>();
        try {
            for (int branch = 0; branch < request.answers(); branch++) {
                SamplerChain chain = SamplerChain.of(model, BranchSamplers.of(options.samplers(), branch));
                chains.add(chain);
                SamplerPriming.prepare(chain, tokens, prompt.grammarTokens());
            }
            GenerateTask task = task(request, tokens, chains, used, now);
            return new Prepared(task, answers(task, operation, tokenized, options));
        } catch (Throwable e) {
            chains.forEach(SamplerChain::close);
            used.release(adapters);
            throw e;
        }
    }

    private GenerateTask task(
            Request request, int[] prompt, List<SamplerChain> chains, RequestAdapters used, long now) {
        int room = schedulerConfig.slotTokens() - prompt.length;
        GenerationOptions options = request.generation();
        int most = Math.min(options.maxTokens(), room);
        ActiveSequence.Limits limits = new ActiveSequence.Limits(
                most,
                most < options.maxTokens() ? FinishReason.CONTEXT_FULL : FinishReason.MAX_TOKENS,
                options.ignoreEnd());
        List<ActiveSequence> sequences = new ArrayList<>();
        for (SamplerChain chain : chains) {
            TokenChannel channel = new TokenChannel(options.logProbabilities() > 0);
            sequences.add(new ActiveSequence(
                    channel, chain, parts.vocab(), limits, speculation.drafts(request, prompt, most)));
        }
        ScheduledRequestBuilder schedule = used.schedule(ScheduledRequest.builder(ids.incrementAndGet()))
                .tenant(request.scheduling().tenant())
                .priority(request.scheduling().priority())
                .maxTokens(most);
        if (config.caches()) {
            schedule.prefix(used.scope(request.scheduling().tenant()), prompt);
        }
        boolean onDevice = config.samplesOnDevice()
                && speculation.of(request).maxDraft() == 0; // a device has one output for a sequence
        return new GenerateTask(request, prompt, sequences, schedule, now, onDevice);
    }

    private Generation answers(
            GenerateTask task,
            FinishedRequest.Operation operation,
            RequestTokenizer.Tokenized tokenized,
            GenerationOptions options) {
        ScheduledRequest<EngineTask> scheduled = task.scheduled();
        TokenPrompt prompt = tokenized.prompt();
        List<Generation> answers = new ArrayList<>();
        GenerationOrigin origin = new GenerationOrigin(
                scheduled.id(),
                task.request(),
                operation,
                options,
                prompt,
                tokenized.chat(),
                scheduled.arrival(),
                answers);
        for (int i = 0; i < scheduled.branches(); i++) {
            answers.add(new Generation(origin, task, parts));
        }
        return answers.get(0);
    }

    private static GenerationOptions options(Request request, @Nullable ChatPrompt chat) {
        return chat == null
                ? request.generation()
                : chat.expectAnswers(request.answers()).options(request.generation());
    }

    /** A text to score. */
    PromptTask<ScoredContinuation> score(ScoreRequest request) {
        int[] alone = ScoredText.tokenize(model.vocab(), request.prompt());
        ScoredText text = ScoredText.of(model.vocab(), alone, request.prompt(), request.continuation());
        ScoredText.requirePrompt(text.common());
        requireRoom(text.tokens().length, 0);
        SchedulingOptions scheduling = request.scheduling();
        RequestAdapters used = RequestAdapters.of(adapters, scheduling.adapters(), text.prompt());
        return prompt(
                scheduling,
                used,
                scope(used, scheduling),
                false,
                entry -> new ScoreTask(entry, text, request.continuation(), readers));
    }

    /** Tokens to score, two or more. */
    PromptTask<List<TokenAlternatives>> promptScore(int[] prompt, int alternatives, SchedulingOptions scheduling) {
        int[] tokens = texts.tokenize(new Prompt.Tokens(prompt)).prompt().tokens();
        requireRoom(tokens.length, 0);
        RequestAdapters used = RequestAdapters.of(adapters, scheduling.adapters(), tokens);
        return prompt(
                scheduling,
                used,
                scope(used, scheduling),
                false,
                entry -> new PromptScoreTask(entry, tokens, alternatives, readers));
    }

    private @Nullable PrefixScope scope(RequestAdapters used, SchedulingOptions scheduling) {
        return config.caches() ? used.scope(scheduling.tenant()) : null;
    }

    private int[] tokens(EmbedRequest request) {
        Checks.between("dimensions", request.dimensions(), 0, model.info().outputEmbeddingSize());
        int[] tokens = texts.tokenize(request.prompt()).prompt().tokens();
        requireRoom(tokens.length, 0);
        return tokens;
    }

    /** A text to embed; the scores of a ranking model are no vector and stay as they are. */
    PromptTask<float[]> embedding(EmbedRequest request, boolean ranks) {
        int[] tokens = tokens(request);
        return embedding(
                request,
                tokens,
                entry -> EmbedTask.ofText(entry, tokens, ranks ? scores -> scores : request::finished));
    }

    /** A text to embed token by token. */
    PromptTask<List<float[]>> tokenEmbeddings(EmbedRequest request) {
        int[] tokens = tokens(request);
        return embedding(request, tokens, entry -> EmbedTask.ofTokens(entry, tokens, request::finished));
    }

    /** A text is computed whole, so an activated adapter could not begin within it. */
    private <R> PromptTask<R> embedding(
            EmbedRequest request, int[] tokens, Function<PromptTask.Entry, PromptTask<R>> maker) {
        SchedulingOptions scheduling = request.scheduling();
        RequestAdapters used = RequestAdapters.of(adapters, scheduling.adapters(), tokens);
        if (used.activates()) {
            used.release(adapters);
            throw new UnsupportedOperationException(
                    "an activated adapter (aLoRA) begins within a text; embeddings are made of all of it at once");
        }
        return prompt(scheduling, used, null, false, maker);
    }

    /** The beginning of prompts to come. */
    PromptTask<Usage> prefix(PrefixRequest request) {
        int[] tokens = texts.tokenizeBeginning(request.prompt());
        requireRoom(tokens.length, 0);
        SchedulingOptions scheduling = request.scheduling();
        int[] shared = RequestAdapters.shared(scheduling.adapters(), tokens);
        RequestAdapters used = RequestAdapters.before(adapters, scheduling.adapters(), tokens);
        Object sharer = request.isPublic() ? PrefixScope.EVERYBODY : scheduling.tenant();
        return prompt(scheduling, used, used.scope(sharer), request.pinned(), entry -> new WarmTask(entry, shared));
    }

    /** A request that ends with its prompt. */
    <R> PromptTask<R> prompt(
            SchedulingOptions scheduling,
            RequestAdapters used,
            @Nullable PrefixScope scope,
            boolean pins,
            Function<PromptTask.Entry, PromptTask<R>> maker) {
        try {
            return maker.apply(new PromptTask.Entry(
                    ids.incrementAndGet(), used, System.nanoTime(), scheduling, scope, pins, parts));
        } catch (Throwable e) {
            used.release(adapters);
            throw e;
        }
    }

    @Override
    public void close() {
        texts.close();
    }
}
