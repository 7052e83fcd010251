package dev.tokapu.completion;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.Sequence;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.internal.text.ScoredText;
import dev.tokapu.internal.util.LogSoftmax;
import dev.tokapu.internal.util.Overflow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Computes how likely a model finds given texts, for classification, multiple choice and evaluation. Nothing is sampled.
 *
 * <p>The prompt and each continuation are tokenized together, as a model would see them; what counts are the tokens after those that the
 * prompt has alone. The prompt is decoded once for all continuations of a call, each continuation in a fork.
 *
 * <p>Close it. Thread safety: confined to one thread at a time.
 *
 * @since 0.1
 */
public final class Scorer implements AutoCloseable {

    private final Model model;
    private final Context context;
    private final Batch batch;
    private final float[] logits;

    private Scorer(Model model, Context context) {
        this.model = model;
        this.context = context;
        this.batch = new Batch(context.info().batchSize());
        this.logits = new float[model.vocab().size()];
    }

    /**
     * A scorer with {@link ContextOptions#defaults()}.
     *
     * @param model the model
     * @return the scorer, to be closed by the caller
     */
    public static Scorer of(Model model) {
        return of(model, ContextOptions.defaults());
    }

    /**
     * A scorer.
     *
     * @param model the model
     * @param options for its context; it gets two sequences that share their cells
     * @return the scorer, to be closed by the caller
     */
    public static Scorer of(Model model, ContextOptions options) {
        return new Scorer(
                model,
                model.newContext(options.toBuilder()
                        .maxSequences(2)
                        .kvCache(kv -> kv.unified(true))
                        .build()));
    }

    /**
     * The likelihood of a continuation.
     *
     * @param prompt what stands before; may be empty when the model begins texts with BOS
     * @param continuation the text, not empty
     * @return how likely it is
     * @throws ContextOverflowException when both together do not fit
     */
    public ScoredContinuation score(String prompt, String continuation) {
        return score(prompt, List.of(continuation)).get(0);
    }

    /**
     * The likelihood of each of several continuations.
     *
     * @param prompt what stands before; may be empty when the model begins texts with BOS
     * @param continuations the texts, none empty
     * @return how likely each is, in the order given
     * @throws ContextOverflowException when the prompt and a continuation do not fit
     */
    public List<ScoredContinuation> score(String prompt, List<String> continuations) {
        int[] alone = ScoredText.tokenize(model.vocab(), prompt);
        List<int[]> together = new ArrayList<>();
        int common = alone.length;
        for (String text : continuations) {
            ScoredText scored = ScoredText.of(model.vocab(), alone, prompt, text);
            int[] tokens = scored.tokens();
            if (tokens.length > context.info().sequenceContextSize()) {
                throw Overflow.of(
                        tokens.length,
                        context.info().sequenceContextSize(),
                        context.info().contextSize(),
                        "score a part of it");
            }
            common = Math.min(common, scored.common());
            together.add(tokens);
        }
        ScoredText.requirePrompt(common);
        context.kvCache().clear();
        Sequence trunk = Sequence.of(context, 0);
        decode(trunk, alone, 0, common, false);
        LogSoftmax first = new LogSoftmax(context.outputs().logits(-1));
        List<ScoredContinuation> results = new ArrayList<>();
        for (int i = 0; i < together.size(); i++) {
            Sequence branch = trunk.fork();
            results.add(score(branch, continuations.get(i), together.get(i), common, first));
            branch.clear();
        }
        return results;
    }

    /**
     * Continuations by likelihood, the most likely first.
     *
     * @param prompt what stands before
     * @param continuations the texts
     * @param by what to compare, {@code ScoredContinuation::logLikelihood} or {@code ScoredContinuation::meanLogLikelihood}
     * @return all of them, sorted; those that are equal as they were given
     */
    public List<ScoredContinuation> rank(
            String prompt, List<String> continuations, ToDoubleFunction<ScoredContinuation> by) {
        List<ScoredContinuation> ranked = new ArrayList<>(score(prompt, continuations));
        ranked.sort(Comparator.comparingDouble(by).reversed());
        return ranked;
    }

    private ScoredContinuation score(Sequence branch, String text, int[] tokens, int common, LogSoftmax first) {
        int count = tokens.length - common;
        double[] logProbabilities = new double[count];
        logProbabilities[0] = first.of(tokens[common]);
        boolean greedy = first.isLargest(tokens[common]);
        // The last token predicts nothing that counts.
        for (int from = common; from < tokens.length - 1; from += batch.capacity()) {
            int to = Math.min(tokens.length - 1, from + batch.capacity());
            decode(branch, tokens, from, to, true);
            for (int i = from; i < to; i++) {
                context.outputs().copyLogits(i - from, logits);
                LogSoftmax softmax = new LogSoftmax(logits);
                logProbabilities[i + 1 - common] = softmax.of(tokens[i + 1]);
                greedy &= softmax.isLargest(tokens[i + 1]);
            }
        }
        int[] own = new int[count];
        System.arraycopy(tokens, common, own, 0, count);
        return new ScoredContinuation(text, own, logProbabilities, greedy);
    }

    private void decode(Sequence sequence, int[] tokens, int from, int to, boolean allOutputs) {
        for (int start = from; start < to; start += batch.capacity()) {
            int end = Math.min(to, start + batch.capacity());
            batch.clear();
            for (int i = start; i < end; i++) {
                batch.add(tokens[i], i, sequence.id(), allOutputs || i == to - 1);
            }
            DecodeStatus status = context.decode(batch);
            if (status != DecodeStatus.OK) {
                throw new DecodeException("the text could not be scored: decode answered " + status);
            }
        }
    }

    @Override
    public void close() {
        context.close();
    }

    @Override
    public String toString() {
        return "Scorer[" + model + "]";
    }
}
