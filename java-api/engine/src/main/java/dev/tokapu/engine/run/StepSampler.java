package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.engine.schedule.StepList;
import dev.tokapu.sampling.SamplerBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * What the answers of a step choose from its outputs: one token each, or, where tokens were drafted, one after the other as long as the draft
 * was right. A chain sees just the outputs and tokens that it would see without drafts, in the same order. All answers choose their
 * first tokens together, on several threads, then the remaining ones their second tokens, and so on.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class StepSampler {

    private final SamplerBatch sampling;
    private final int threads;
    private final List<SampledSequence> pool = new ArrayList<>();
    private final List<SampledSequence> sequences = new StepList<>();
    private final List<SampledSequence> asking = new ArrayList<>();

    StepSampler(SamplerBatch sampling, int threads) {
        this.sampling = sampling;
        this.threads = threads;
    }

    void clear() {
        for (SampledSequence sampled : sequences) {
            sampled.clear();
        }
        sequences.clear();
        sampling.clear();
    }

    /** An answer chooses from so many outputs; all but the first are those of drafts, which follow one another from restRow on. */
    void add(ScheduledSequence<EngineTask> sequence, int firstRow, int restRow, int count) {
        if (sequences.size() == pool.size()) {
            pool.add(new SampledSequence());
        }
        SampledSequence sampled = pool.get(sequences.size());
        sampled.set(sequence, firstRow, restRow, count);
        sequences.add(sampled);
    }

    /** Lets all of them choose. */
    void sample() {
        asking.clear();
        for (SampledSequence sampled : sequences) {
            asking.add(sampled);
        }
        while (!asking.isEmpty()) {
            pass();
        }
    }

    /** Samples a token for each pending sequence; sequences that need another one stay pending. */
    private void pass() {
        sampling.clear();
        int size = asking.size();
        for (int k = 0; k < size; k++) {
            SampledSequence sampled = asking.get(k);
            sampling.add(sampled.active().chain(), sampled.row(sampled.count()));
        }
        sampling.sample(threads);
        int left = 0;
        for (int k = 0; k < size; k++) {
            SampledSequence sampled = asking.get(k);
            RuntimeException failure = sampling.failure(k);
            if (failure != null) {
                sampled.fail(failure);
            } else if (sampled.chosen(sampling.token(k))) {
                asking.set(left++, sampled);
            }
        }
        while (asking.size() > left) {
            asking.remove(asking.size() - 1);
        }
    }

    /** Those that chose. */
    List<SampledSequence> sequences() {
        return sequences;
    }
}
