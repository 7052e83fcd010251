package dev.tokapu.engine.draft;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.DecodeStatus;
import dev.tokapu.KvCache;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.schedule.KvOperation;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch of the heads' context, and the sequences there: the same as the model's, as far as they were read.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class HeadsBatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");
    private static final int NONE = -1;

    private final Context target;
    private final Context context;
    private final KvCache kvCache;
    private final boolean unified;
    private final int longest;
    private final Batch batch;
    private final int[] sources; // rows of the hidden states
    private final int[] next; // by slot: the position of the token that is read next
    private final int[] rows; // by slot: of its last token in the last batch; NONE without an output there
    private boolean leftOut;

    HeadsBatch(Context target, Context context) {
        this.target = target;
        this.context = context;
        this.kvCache = context.kvCache();
        this.unified = context.options().kvCache().unified();
        this.longest = context.info().sequenceContextSize();
        this.batch = new Batch(context.info().batchSize());
        this.sources = new int[batch.capacity()];
        this.next = new int[context.info().maxSequences()];
        this.rows = new int[next.length];
        forgetRows();
    }

    /** What the heads take in memory, but for their weights: these are the model's, which the engine counts. */
    MemoryReport memory() {
        return context.memory().withoutWeights();
    }

    /** The sequence does what the model's does. */
    void follow(KvOperation operation) {
        int slot = operation.slot();
        switch (operation.kind()) {
            case CLEAR, RESTORE -> clear(slot);
            case TRIM -> trim(slot, operation.length());
            case COPY -> {
                copy(operation.source(), slot, operation.length());
                trim(slot, operation.length());
            }
            case SAVE -> {}
        }
    }

    /** A sequence gets all of another one. */
    void copy(int source, int slot) {
        copy(source, slot, next[source]);
    }

    private void copy(int source, int slot, int length) {
        clear(slot);
        if (next[source] > 0) {
            kvCache.copy(source, slot, unified ? 0 : -1, unified ? length : -1);
            next[slot] = unified ? Math.min(length, next[source]) : next[source];
        }
    }

    private void clear(int slot) {
        if (next[slot] > 0) {
            remove(slot, -1);
            next[slot] = 0;
        }
    }

    /** A sequence keeps so many tokens at most. */
    void trim(int slot, int length) {
        if (next[slot] > length) {
            remove(slot, length);
            next[slot] = length;
        }
    }

    private void remove(int slot, int from) {
        if (!kvCache.remove(slot, from, -1)) {
            throw new IllegalStateException("could not remove sequence " + slot + " after position " + from
                    + " from the KV cache of the MTP heads; please report this");
        }
    }

    /** Whether a sequence is read up to its token at a position. */
    boolean hasRead(int slot, int position) {
        return next[slot] == position;
    }

    /** An empty batch. */
    void begin() {
        batch.clear();
    }

    int size() {
        return batch.size();
    }

    /** What a sequence has is to be followed by the successor of its token at a position. */
    void align(int slot, int position, int token) {
        trim(slot, position + 1);
        if (next[slot] < position) {
            clear(slot);
            next[slot] = position + 1;
        } else if (next[slot] == position) {
            add(slot, token, NONE, false); // the hidden state before it is not known, or there is none
        }
    }

    /** The next token of a sequence, and where the hidden state of the token before it is. */
    void add(int slot, int token, int source, boolean output) {
        if (next[slot] >= longest) {
            return;
        }
        if (batch.size() == batch.capacity()) {
            throw new IllegalStateException("the MTP heads have no room for more than " + batch.size()
                    + " tokens of a step; please report this");
        }
        if (output) {
            rows[slot] = batch.size();
        }
        sources[batch.size()] = source;
        batch.add(token, next[slot]++, slot, output);
    }

    /** Computes the batch from the model's hidden states, and empties it. When that cannot be done, nothing is known of any text; false then. */
    boolean read() {
        try {
            return decode(target);
        } catch (IllegalArgumentException e) { // those of the step are not there: nothing was computed
            if (!leftOut) {
                LOG.warn("MTP heads do not read a step, as its hidden states are not there: {}", e.getMessage());
                leftOut = true; // such a model has many
            }
            forget();
            return false;
        } finally {
            batch.clear();
        }
    }

    /** Computes the batch from the heads' own hidden states. */
    boolean draft() {
        return decode(context);
    }

    private boolean decode(Context source) {
        if (context.decode(batch, source, sources) == DecodeStatus.OK) {
            context.synchronize();
            return true;
        }
        forget();
        return false;
    }

    private void forget() {
        for (int slot = 0; slot < next.length; slot++) {
            clear(slot);
        }
        forgetRows();
    }

    /** Computes a text of no answer; returns the nanoseconds that it took. */
    double prepare(int tokens) {
        batch.clear();
        int most = Math.min(tokens, Math.min(longest, batch.capacity()));
        for (int i = 0; i < most; i++) {
            add(0, 0, NONE, i == most - 1);
        }
        long begun = System.nanoTime();
        decode(target);
        double nanos = System.nanoTime() - begun;
        batch.clear();
        clear(0);
        forgetRows();
        return nanos;
    }

    /** By slot the row of its last token; -1 for none. */
    int[] rows() {
        return rows;
    }

    int row(int slot) {
        return rows[slot];
    }

    /** No output of the last batch is of use any more. */
    void forgetRows() {
        Arrays.fill(rows, NONE);
    }

    /** How many tokens may be drafted behind the last one of a sequence. */
    int room(int slot) {
        return longest - next[slot];
    }

    /** Any thread: ends what is computed. */
    void abort() {
        if (!context.isClosed()) {
            context.abort();
        }
    }

    /** The model copies its hidden states no longer. */
    @Override
    public void close() {
        try (context) {
            if (!target.isClosed()) {
                target.setHiddenStates(false);
            }
        }
    }
}
