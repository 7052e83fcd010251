package dev.tokapu.engine;

import dev.tokapu.ContextOverflowException;
import dev.tokapu.Continuation;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.internal.PromptLookBack;
import dev.tokapu.internal.ScoredText;
import dev.tokapu.internal.schedule.Limits;
import dev.tokapu.sampling.SamplerChain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Checks requests and makes work of them, on the threads of those who submit. Work has a number for its adapters, which the
 * engine's thread gives back at its end.
 *
 * <p>Thread safety: safe.
 */
final class Intake implements AutoCloseable {

    private static final int MOST_STEPS_READ = 2;

    private final Model model;
    private final EngineSetup setup;
    private final Limits limits;
    private final Adapters adapters;
    private final EngineParts parts;
    private final PromptTexts texts;
    private final RowReaders readers;
    private final AtomicLong ids = new AtomicLong();

    Intake(Model model, EngineSetup setup, Adapters adapters, EngineParts parts) {
        this.model = model;
        this.setup = setup;
        this.limits = setup.limits(model);
        this.adapters = adapters;
        this.parts = parts;
        this.texts = new PromptTexts(model);
        this.readers = new RowReaders(parts.stage().rows(), MOST_STEPS_READ * setup.scoredRows());
    }

    /** What can be said without reading the prompt. */
    void check(Request request) {
        if (request.answers() > setup.maxSequences()) {
            throw new IllegalArgumentException(
                    "the request wants " + request.answers() + " answers; the engine generates " + setup.maxSequences()
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
        if (tokens + reserve > limits.slotTokens()) {
            throw tooLong(tokens, limits.slotTokens());
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
    Submission submission(Request request, FinishedRequest.Operation operation, int[] generated) {
        PromptTexts.Tokenized prompt = texts.tokenize(request.prompt());
        requireRoom(prompt.tokens().length, 1);
        long now = System.nanoTime();
        int most = Math.min(request.maxTokens(), limits.slotTokens() - prompt.tokens().length);
        List<String> stops = new ArrayList<>(prompt.stops());
        stops.addAll(request.stops());
        int group = adapters.number(request.adapters());
        boolean onDevice = setup.samplesOnDevice()
                && request.speculation().maxDraft() == 0; // a device has one output for a sequence
        List<SamplerChain> chains = new ArrayList<>();
        try {
            Submission submission = new Submission(
                    ids.incrementAndGet(), request, operation, prompt.tokens(), most, now, group, onDevice);
            List<Answering> answers = new ArrayList<>();
            List<Generation> all = new ArrayList<>();
            for (int branch = 0; branch < request.answers(); branch++) {
                TokenFeed feed = new TokenFeed();
                SamplerChain chain = SamplerChain.of(model, BranchSamplers.of(request.samplers(), branch));
                chains.add(chain);
                PromptLookBack.prepare(chain, prompt.tokens(), generated);
                Generation generation = new Generation(submission, branch, feed, stops, parts);
                answers.add(new Answering(submission, generation, feed, chain, parts.vocab()));
                all.add(generation);
            }
            all.forEach(generation -> generation.siblings(all));
            submission.complete(answers);
            return submission;
        } catch (Throwable e) {
            chains.forEach(SamplerChain::close);
            adapters.release(group);
            throw e;
        }
    }

    /** A text to score. */
    PromptWork<Continuation> score(ScoreRequest request) {
        int[] alone = ScoredText.tokenize(model.vocab(), request.prompt());
        ScoredText text = ScoredText.of(model.vocab(), alone, request.prompt(), request.continuation());
        ScoredText.requirePrompt(text.common());
        requireRoom(text.tokens().length, 0);
        return prompt(request.terms(), entry -> new ScoreWork(entry, text, request.continuation(), readers));
    }

    /** A text to embed; the scores of a ranking model are no vector and stay as they are. */
    PromptWork<float[]> embedding(EmbedRequest request, boolean ranks) {
        int[] tokens = texts.tokenize(request.prompt()).tokens();
        requireRoom(tokens.length, 0);
        return prompt(request.terms(), entry -> new EmbedWork(entry, tokens, request.normalized() && !ranks));
    }

    /** A request that ends with its prompt. */
    <R> PromptWork<R> prompt(Terms terms, Function<PromptWork.Entry, PromptWork<R>> maker) {
        int group = adapters.number(terms.adapters());
        try {
            return maker.apply(new PromptWork.Entry(ids.incrementAndGet(), group, System.nanoTime(), terms, parts));
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
