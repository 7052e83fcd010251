package dev.tokapu.engine;

import dev.tokapu.ContextOverflowException;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.internal.PromptLookBack;
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
final class Intake {

    private final Model model;
    private final EngineSetup setup;
    private final Limits limits;
    private final Adapters adapters;
    private final EngineParts parts;
    private final AtomicLong ids = new AtomicLong();

    Intake(Model model, EngineSetup setup, Adapters adapters, EngineParts parts) {
        this.model = model;
        this.setup = setup;
        this.limits = setup.limits();
        this.adapters = adapters;
        this.parts = parts;
    }

    void check(Request request, int[] prompt) {
        int size = limits.slotTokens();
        if (prompt.length + 1 > size) {
            throw new ContextOverflowException(prompt.length, size);
        }
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

    /** A request that generates; the prompt ends with what was generated before. */
    Submission submission(Request request, PromptTexts.Tokenized prompt, int[] generated, long now) {
        int most = Math.min(request.maxTokens(), limits.slotTokens() - prompt.tokens().length);
        List<String> stops = new ArrayList<>(prompt.stops());
        stops.addAll(request.stops());
        int group = adapters.number(request.adapters());
        List<SamplerChain> chains = new ArrayList<>();
        try {
            Submission submission = new Submission(
                    ids.incrementAndGet(), request, prompt.tokens(), most, now, group, setup.samplesOnDevice());
            List<Answering> answers = new ArrayList<>();
            List<Generation> all = new ArrayList<>();
            for (int branch = 0; branch < request.answers(); branch++) {
                TokenFeed feed = new TokenFeed();
                SamplerChain chain = SamplerChain.of(model, BranchSamplers.of(request.samplers(), branch));
                chains.add(chain);
                PromptLookBack.prepare(chain, prompt.tokens(), generated);
                Generation generation = new Generation(submission, branch, feed, stops, parts);
                answers.add(new Answering(submission, generation, feed, chain));
                all.add(generation);
            }
            all.forEach(generation -> generation.siblings(all));
            submission.complete(request.tenant().hashCode(), answers);
            return submission;
        } catch (RuntimeException | Error e) {
            chains.forEach(SamplerChain::close);
            adapters.release(group);
            throw e;
        }
    }

    /** A request that ends with its prompt. */
    <R> PromptWork<R> prompt(Terms terms, long now, Function<PromptWork.Entry, PromptWork<R>> maker) {
        int group = adapters.number(terms.adapters());
        try {
            return maker.apply(new PromptWork.Entry(ids.incrementAndGet(), group, now, terms, parts));
        } catch (RuntimeException | Error e) {
            adapters.release(group);
            throw e;
        }
    }
}
