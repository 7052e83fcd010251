package dev.tokapu.engine.draft;

import dev.tokapu.Context;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerBatch;
import dev.tokapu.sampling.SamplerChain;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the likeliest token of each output of a draft model.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class DraftChooser implements AutoCloseable {

    private static final float FARTHEST = -25; // e to this, times the tokens of any vocabulary, is nothing

    private final Context context;
    private final int threads;
    private final SamplerBatch sampling;
    private final List<SamplerChain> chains = new ArrayList<>();
    private final float[] logits;

    DraftChooser(Context context, int most, int threads) {
        this.context = context;
        this.threads = threads;
        this.sampling = new SamplerBatch(context, most);
        this.logits = new float[context.model().vocab().size()];
        try {
            for (int i = 0; i < most; i++) {
                chains.add(SamplerChain.of(context.model(), Sampler.greedy()));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Chooses for answers, each from its row of the batch. */
    void choose(List<ModelDrafts> answers, int[] rows) {
        sampling.clear();
        for (int i = 0; i < answers.size(); i++) {
            sampling.add(chains.get(i), rows[answers.get(i).slot()]);
        }
        if (sampling.sample(threads) > 0) {
            for (int i = 0; i < answers.size(); i++) {
                RuntimeException failure = sampling.failure(i);
                if (failure != null) {
                    throw failure;
                }
            }
        }
    }

    /** What was chosen for an answer. */
    int token(int i) {
        return sampling.token(i);
    }

    /** Whether a token of a row has at least a probability. */
    boolean isLikely(int row, int token, float least) {
        if (least == 0) {
            return true;
        }
        context.outputs().copyLogits(row, logits);
        double sum = 0;
        double most = 1 / least;
        for (int i = 0; i < logits.length && sum <= most; i++) {
            float distance = logits[i] - logits[token];
            sum += distance < FARTHEST ? 0 : Math.exp(distance);
        }
        return sum <= most;
    }

    @Override
    public void close() {
        chains.forEach(SamplerChain::close);
    }
}
