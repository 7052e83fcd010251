package dev.tokapu.engine;

import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.sampling.SamplerBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the answers of a step choose from its outputs: one token each, or, where tokens were drafted, one after the other as long as the draft
 * was right. A chain sees just the outputs and tokens that it would see without drafts, in the same order. All answers choose their
 * first tokens together, on several threads, then those that go on their second ones, and so on.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class StepSampler {

    private final SamplerBatch sampling;
    private final int threads;
    private final List<ScheduledSequence> sequences = new ArrayList<>();
    private final List<ActiveSequence> answers = new ArrayList<>();
    private int[] firstRows = new int[16];
    private int[] restRows = new int[16];
    private int[] rows = new int[16];
    private int[] offsets = new int[16];
    private int[] chosen = new int[16];
    private int[] asking = new int[16];
    private @Nullable RuntimeException[] failures = new RuntimeException[16];
    private int[] tokens = new int[16];
    private int room;

    StepSampler(SamplerBatch sampling, int threads) {
        this.sampling = sampling;
        this.threads = threads;
    }

    void clear() {
        Arrays.fill(failures, 0, sequences.size(), null);
        sequences.clear();
        answers.clear();
        sampling.clear();
        room = 0;
    }

    /** An answer chooses from so many outputs; all but the first are those of drafts, which follow one another from restRow on. */
    void add(ScheduledSequence sequence, ActiveSequence active, int firstRow, int restRow, int count) {
        int i = sequences.size();
        if (i == rows.length) {
            grow(2 * i);
        }
        sequences.add(sequence);
        answers.add(active);
        firstRows[i] = firstRow;
        restRows[i] = restRow;
        rows[i] = count;
        offsets[i] = room;
        chosen[i] = 0;
        room += count;
    }

    private void grow(int capacity) {
        firstRows = Arrays.copyOf(firstRows, capacity);
        restRows = Arrays.copyOf(restRows, capacity);
        rows = Arrays.copyOf(rows, capacity);
        offsets = Arrays.copyOf(offsets, capacity);
        chosen = Arrays.copyOf(chosen, capacity);
        asking = Arrays.copyOf(asking, capacity);
        failures = Arrays.copyOf(failures, capacity);
    }

    /** Lets all of them choose. */
    void sample() {
        if (tokens.length < room) {
            tokens = new int[2 * room];
        }
        int left = sequences.size();
        for (int i = 0; i < left; i++) {
            asking[i] = i;
        }
        while (left > 0) {
            left = pass(left);
        }
    }

    /** A token for each of those that ask; how many ask for a further one. */
    private int pass(int size) {
        sampling.clear();
        for (int k = 0; k < size; k++) {
            int i = asking[k];
            sampling.add(answers.get(i).chain(), row(i, chosen[i]));
        }
        sampling.sample(threads);
        int left = 0;
        for (int k = 0; k < size; k++) {
            int i = asking[k];
            failures[i] = sampling.failure(k);
            if (failures[i] != null) {
                continue;
            }
            int token = sampling.token(k);
            int draft = chosen[i]++;
            tokens[offsets[i] + draft] = token;
            if (chosen[i] < rows[i] && answers.get(i).goesOnAsDrafted(token, draft)) {
                asking[left++] = i;
            }
        }
        return left;
    }

    boolean isEmpty() {
        return sequences.isEmpty();
    }

    int size() {
        return sequences.size();
    }

    ScheduledSequence sequence(int i) {
        return sequences.get(i);
    }

    ActiveSequence active(int i) {
        return answers.get(i);
    }

    /** How many tokens an answer has chosen: at least one, unless its chain failed. */
    int count(int i) {
        return chosen[i];
    }

    int token(int i, int k) {
        return tokens[offsets[i] + k];
    }

    /** The output that a token was chosen from. */
    int row(int i, int k) {
        return k == 0 ? firstRows[i] : restRows[i] + k - 1;
    }

    /** How many tokens were drafted for an answer. */
    int drafted(int i) {
        return rows[i] - 1;
    }

    /** Why a chain failed, after the tokens that it chose. */
    @Nullable
    RuntimeException failure(int i) {
        return failures[i];
    }
}
