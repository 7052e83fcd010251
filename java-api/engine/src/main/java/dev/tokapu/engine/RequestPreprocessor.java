package dev.tokapu.engine;

import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.engine.schedule.SchedulerConfig;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.text.SamplerPriming;
import dev.tokapu.internal.text.ScoredText;
import dev.tokapu.sampling.SamplerChain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

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
    private final RequestTokenizer texts;
    private final LogitsReaders readers;
    private final AtomicLong ids = new AtomicLong();

    RequestPreprocessor(Model model, EngineConfig config, AdapterGroups adapters, EngineParts parts) {
        this.model = model;
        this.config = config;
        this.schedulerConfig = config.schedulerConfig(model);
        this.adapters = adapters;
        this.parts = parts;
        this.texts = new RequestTokenizer(model);
        this.readers = new LogitsReaders(parts.executors().rows(), MOST_STEPS_READ * config.scoredRows());
    }

    /** What can be said without reading the prompt. */
    void check(Request request) {
        if (request.answers() > config.maxSequences()) {
            throw new IllegalArgumentException(
                    "the request wants " + request.answers() + " answers; the engine generates " + config.maxSequences()
                            + " at a time (EngineOptions.maxSequences)");
        }
        check(request.adapters());
    }

    void check(LoraSet set) {
        for (LoraAdapter adapter : set.scales().keySet()) {
            if (adapter.model() != model) {
                throw new IllegalArgumentException(adapter + " was loaded for another model than the engine's");
            }
        }
    }

    private void requireRoom(int tokens, int reserve) {
        if (tokens + reserve > schedulerConfig.slotTokens()) {
            throw tooLong(tokens, schedulerConfig.slotTokens());
        }
    }

    static ContextOverflowException tooLong(int tokens, int size) {
        return new ContextOverflowException(
                tokens,
                size,
                "shorten the text, or raise EngineOptions.sequenceContextSize (ContextOptions.contextSize"
                        + " says nothing on an engine)");
    }

    /** A request that generates; the prompt ends with what was generated before. */
    GenerateTask task(Request request, FinishedRequest.Operation operation, int[] generated) {
        RequestTokenizer.Tokenized prompt = texts.tokenize(request.prompt());
        requireRoom(prompt.tokens().length, 1);
        long now = System.nanoTime();
        int most = Math.min(request.maxTokens(), schedulerConfig.slotTokens() - prompt.tokens().length);
        List<String> stops = new ArrayList<>(prompt.stops());
        stops.addAll(request.stops());
        int group = adapters.number(request.adapters());
        boolean onDevice = config.samplesOnDevice()
                && request.speculation().maxDraft() == 0; // a device has one output for a sequence
        List<SamplerChain> chains = new ArrayList<>();
        try {
            GenerateTask task = new GenerateTask(
                    ids.incrementAndGet(), request, operation, prompt.tokens(), most, now, group, onDevice);
            List<ActiveSequence> answers = new ArrayList<>();
            List<Generation> all = new ArrayList<>();
            for (int branch = 0; branch < request.answers(); branch++) {
                TokenChannel channel = new TokenChannel();
                SamplerChain chain = SamplerChain.of(model, BranchSamplers.of(request.samplers(), branch));
                chains.add(chain);
                SamplerPriming.prepare(chain, prompt.tokens(), generated);
                Generation generation = new Generation(task, branch, channel, stops, parts);
                answers.add(new ActiveSequence(task, generation, channel, chain, parts.vocab()));
                all.add(generation);
            }
            all.forEach(generation -> generation.siblings(all));
            task.complete(answers);
            return task;
        } catch (Throwable e) {
            chains.forEach(SamplerChain::close);
            adapters.release(group);
            throw e;
        }
    }

    /** A text to score. */
    PromptTask<ScoredContinuation> score(ScoreRequest request) {
        int[] alone = ScoredText.tokenize(model.vocab(), request.prompt());
        ScoredText text = ScoredText.of(model.vocab(), alone, request.prompt(), request.continuation());
        ScoredText.requirePrompt(text.common());
        requireRoom(text.tokens().length, 0);
        return prompt(request.scheduling(), entry -> new ScoreTask(entry, text, request.continuation(), readers));
    }

    /** A text to embed; the scores of a ranking model are no vector and stay as they are. */
    PromptTask<float[]> embedding(EmbedRequest request, boolean ranks) {
        int[] tokens = texts.tokenize(request.prompt()).tokens();
        requireRoom(tokens.length, 0);
        return prompt(request.scheduling(), entry -> new EmbedTask(entry, tokens, request.normalized() && !ranks));
    }

    /** A request that ends with its prompt. */
    <R> PromptTask<R> prompt(SchedulingOptions scheduling, Function<PromptTask.Entry, PromptTask<R>> maker) {
        int group = adapters.number(scheduling.adapters());
        try {
            return maker.apply(
                    new PromptTask.Entry(ids.incrementAndGet(), group, System.nanoTime(), scheduling, parts));
        } catch (Throwable e) {
            adapters.release(group);
            throw e;
        }
    }

    @Override
    public void close() {
        texts.close();
    }
}
