package dev.tokapu.engine;

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
import dev.tokapu.internal.text.SamplerPriming;
import dev.tokapu.internal.text.ScoredText;
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
 * Makes tasks of a replica of what {@link PromptReader} has read, on the threads that submit. A task has a number for its adapters, which the
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
    private final AdapterCopies copies;
    private final EngineParts parts;
    private final SpeculationSupport speculation;
    private final LogitsReaders readers;
    private final AtomicLong ids;

    /** {@code ids}: the numbers of the engine's requests. */
    RequestPreprocessor(
            Model model,
            EngineConfig config,
            AdapterGroups adapters,
            SpeculationSupport speculation,
            EngineParts parts,
            AtomicLong ids) {
        this.model = model;
        this.config = config;
        this.schedulerConfig = config.schedulerConfig();
        this.adapters = adapters;
        this.copies = new AdapterCopies(model);
        this.speculation = speculation;
        this.parts = parts;
        this.ids = ids;
        this.readers = new LogitsReaders(parts.executors().rows(), MOST_STEPS_READ * config.scoredRows());
    }

    /**
     * A request that is ready to be computed.
     *
     * @param task what the engine's thread computes
     * @param answers its answers
     */
    record Prepared(GenerateTask task, List<Generation> answers) {}

    /** Makes a task of a request that generates. */
    Prepared task(
            Request request,
            FinishedRequest.Operation operation,
            RequestTokenizer.Tokenized tokenized,
            ObservedRequest observed) {
        long now = System.nanoTime();
        GenerationOptions options = options(request, tokenized.chat());
        List<TokenChannel> channels = new ArrayList<>();
        for (int branch = 0; branch < request.answers(); branch++) {
            channels.add(new TokenChannel(request.generation().logProbabilities() > 0));
        }
        GenerateTask task = task(new GenerateTask.Input(request, tokenized.prompt(), options, observed), channels, now);
        return new Prepared(task, answers(task, operation, tokenized, options));
    }

    /** Makes a task that was submitted then and delivers there. */
    GenerateTask task(GenerateTask.Input input, List<TokenChannel> channels, long now) {
        int[] tokens = input.prompt().tokens();
        RequestAdapters used = used(input.request().scheduling(), tokens);
        List<SamplerChain> chains = new ArrayList<>();
        try {
            for (int branch = 0; branch < channels.size(); branch++) {
                SamplerChain chain =
                        SamplerChain.of(model, BranchSamplers.of(input.options().samplers(), branch));
                chains.add(chain);
                SamplerPriming.prepare(chain, tokens, input.prompt().grammarTokens());
            }
            return task(input, channels, chains, used, now);
        } catch (Throwable e) {
            chains.forEach(SamplerChain::close);
            used.release(adapters);
            throw e;
        }
    }

    private GenerateTask task(
            GenerateTask.Input input,
            List<TokenChannel> channels,
            List<SamplerChain> chains,
            RequestAdapters used,
            long now) {
        Request request = input.request();
        int[] prompt = input.prompt().tokens();
        GenerationOptions options = request.generation();
        int most = schedulerConfig.longestAnswer(options.maxTokens(), prompt.length);
        ActiveSequence.Limits limits = new ActiveSequence.Limits(
                most,
                most < options.maxTokens() ? FinishReason.CONTEXT_FULL : FinishReason.MAX_TOKENS,
                options.ignoreEnd());
        List<ActiveSequence> sequences = new ArrayList<>();
        for (int branch = 0; branch < channels.size(); branch++) {
            sequences.add(new ActiveSequence(
                    channels.get(branch),
                    chains.get(branch),
                    parts.vocab(),
                    limits,
                    speculation.drafts(request, prompt, most)));
        }
        ScheduledRequestBuilder schedule = used.schedule(ScheduledRequest.builder(ids.incrementAndGet()))
                .tenant(request.scheduling().tenant())
                .priority(request.scheduling().priority())
                .maxTokens(Math.max(1, most)); // the schedule ends none with its prompt that samples
        if (config.caches()) {
            schedule.prefix(used.scope(request.scheduling().tenant()), prompt);
        }
        boolean onDevice = config.samplesOnDevice()
                && speculation.of(request).maxDraft() == 0; // a device has one output for a sequence
        return new GenerateTask(input, sequences, schedule, now, onDevice, parts.control());
    }

    private List<Generation> answers(
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
        return answers;
    }

    private static GenerationOptions options(Request request, @Nullable ChatPrompt chat) {
        return chat == null
                ? request.generation()
                : chat.expectAnswers(request.answers()).options(request.generation());
    }

    /** A text to score. */
    PromptTask<ScoredContinuation> score(ScoreRequest request, ScoredText text, Arrival arrival) {
        SchedulingOptions scheduling = request.scheduling();
        RequestAdapters used = used(scheduling, text.prompt());
        return prompt(
                new Terms(scheduling, scope(used, scheduling), false, arrival),
                used,
                entry -> new ScoreTask(entry, text, request.continuation(), readers));
    }

    /** Tokens to score, two or more. */
    PromptTask<List<TokenAlternatives>> promptScore(
            int[] tokens, int alternatives, SchedulingOptions scheduling, Arrival arrival) {
        RequestAdapters used = used(scheduling, tokens);
        return prompt(
                new Terms(scheduling, scope(used, scheduling), false, arrival),
                used,
                entry -> new PromptScoreTask(entry, tokens, alternatives, readers));
    }

    private RequestAdapters used(SchedulingOptions scheduling, int[] tokens) {
        return RequestAdapters.of(adapters, copies.of(scheduling.adapters()), tokens);
    }

    private @Nullable PrefixScope scope(RequestAdapters used, SchedulingOptions scheduling) {
        return config.caches() ? used.scope(scheduling.tenant()) : null;
    }

    /** A text to embed; the scores of a ranking model are no vector and stay as they are. */
    PromptTask<float[]> embedding(EmbedRequest request, int[] tokens, boolean ranks, Arrival arrival) {
        return embedding(
                request,
                tokens,
                arrival,
                entry -> EmbedTask.ofText(entry, tokens, ranks ? scores -> scores : request::finished));
    }

    /** A text to embed token by token. */
    PromptTask<List<float[]>> tokenEmbeddings(EmbedRequest request, int[] tokens, Arrival arrival) {
        return embedding(request, tokens, arrival, entry -> EmbedTask.ofTokens(entry, tokens, request::finished));
    }

    /** A text is computed whole, so an activated adapter could not begin within it. */
    private <R> PromptTask<R> embedding(
            EmbedRequest request, int[] tokens, Arrival arrival, Function<PromptTask.Entry, PromptTask<R>> maker) {
        SchedulingOptions scheduling = request.scheduling();
        RequestAdapters used = used(scheduling, tokens);
        if (used.activates()) {
            used.release(adapters);
            throw new UnsupportedOperationException(
                    "an activated adapter (aLoRA) begins within a text; embeddings are made of all of it at once");
        }
        return prompt(new Terms(scheduling, null, false, arrival), used, maker);
    }

    /** The beginning of prompts to come. */
    PromptTask<Usage> prefix(PrefixRequest request, int[] tokens, Arrival arrival) {
        SchedulingOptions scheduling = request.scheduling();
        int[] shared = RequestAdapters.shared(scheduling.adapters(), tokens);
        RequestAdapters used = RequestAdapters.before(adapters, copies.of(scheduling.adapters()), tokens);
        Object sharer = request.isPublic() ? PrefixScope.EVERYBODY : scheduling.tenant();
        return prompt(
                new Terms(scheduling, used.scope(sharer), request.pinned(), arrival),
                used,
                entry -> new WarmTask(entry, shared));
    }

    /**
     * On what terms a prompt is computed.
     *
     * @param scope who shares it; null when it is not looked up in the prefix cache
     * @param pins whether it stays there
     * @param arrival when it was submitted
     */
    record Terms(SchedulingOptions scheduling, @Nullable PrefixScope scope, boolean pins, Arrival arrival) {}

    /** A request that ends with its prompt. */
    <R> PromptTask<R> prompt(Terms terms, RequestAdapters used, Function<PromptTask.Entry, PromptTask<R>> maker) {
        try {
            return maker.apply(new PromptTask.Entry(ids.incrementAndGet(), used, terms, parts));
        } catch (Throwable e) {
            used.release(adapters);
            throw e;
        }
    }

    @Override
    public void close() {
        copies.close();
    }
}
