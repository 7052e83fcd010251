package dev.tokapu.engine.draft;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.DecodeStatus;
import java.util.List;

/**
 * A batch of the draft model's context, the sequences there, and what comes out.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class DraftBatch implements AutoCloseable {

    private final Context context;
    private final int targetVocab;
    private final Batch batch;
    private final DraftSlots slots;
    private final DraftChooser chooser;
    private final int[] rows; // by slot

    DraftBatch(Context context, int sequences, int targetVocab, int samplingThreads) {
        this.context = context;
        this.targetVocab = targetVocab;
        this.batch = new Batch(context.info().batchSize());
        boolean unified = context.options().kvCache().unified();
        this.slots = new DraftSlots(
                context.kvCache(), sequences, unified ? context.info().contextSize() : Long.MAX_VALUE);
        this.rows = new int[sequences];
        this.chooser = new DraftChooser(context, sequences, samplingThreads);
    }

    DraftSlots slots() {
        return slots;
    }

    int capacity() {
        return batch.capacity();
    }

    int size() {
        return batch.size();
    }

    void clear() {
        batch.clear();
    }

    /** The next token of an answer, and whether one is drafted from it. */
    void add(ModelDrafts answer, int token, boolean output) {
        int slot = answer.slot();
        rows[slot] = batch.size();
        batch.add(token, slots.add(slot, token), slot, output);
    }

    /** Whether it was computed; what was begun and not ended is forgotten. Waits for the device, so that times are those of this batch. */
    boolean decode() {
        if (context.decode(batch) == DecodeStatus.OK) {
            context.synchronize();
            return true;
        }
        slots.clear();
        return false;
    }

    /** Computes a text of no answer; returns the nanoseconds that it took. */
    double prepare(int tokens) {
        batch.clear();
        for (int i = 0; i < tokens; i++) {
            batch.add(0, i, 0, i == tokens - 1);
        }
        long begun = System.nanoTime();
        decode();
        double nanos = System.nanoTime() - begun;
        slots.clear();
        return nanos;
    }

    /** Chooses what follows the last token of each of these answers. */
    void choose(List<ModelDrafts> answers) {
        chooser.choose(answers, rows);
        batch.clear();
    }

    /** What was chosen for an answer; -1 when that is not worth a draft. */
    int token(int i, ModelDrafts answer) {
        int token = chooser.token(i);
        boolean drafts = token < targetVocab && chooser.isLikely(rows[answer.slot()], token, answer.minProbability());
        return drafts ? token : -1;
    }

    /** Any thread: ends what is computed. */
    void abort() {
        if (!context.isClosed()) {
            context.abort();
        }
    }

    @Override
    public void close() {
        chooser.close();
        context.close();
    }
}
