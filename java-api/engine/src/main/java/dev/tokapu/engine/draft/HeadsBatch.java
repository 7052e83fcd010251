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
 * A batch of the heads' context, and the sequences there: the same as the model's, as far as they were read. EAGLE-3 has outputs of all tokens of a batch or of
 * none: there are two batches then, so that prompts have none.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class HeadsBatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");
    private static final int NONE = -1;

    private final Context target;
    private final Context context;
    private final KvCache kvCache;
    private final boolean own; // MTP heads of the target's model
    private final boolean unified;
    private final int longest;
    private final Batch batch;
    private final int[] sources; // rows of the hidden states
    private final Batch ends; // tokens with outputs; for MTP heads it is the same batch
    private final int[] endSources;
    private boolean few; // tokens: all of them have outputs, where it would take two batches otherwise
    private final int[] next; // by slot: the position of the token that is read next
    private final int[] rows; // by slot: of its last token in the last batch; NONE without an output there
    private final boolean[] fed; // by slot: whether the batch has tokens of it
    private boolean leftOut;

    HeadsBatch(Context target, Context context) {
        this.target = target;
        this.context = context;
        this.kvCache = context.kvCache();
        this.own = context.model() == target.model();
        this.unified = context.options().kvCache().unified();
        this.longest = context.info().sequenceContextSize();
        this.batch = new Batch(context.info().batchSize());
        this.sources = new int[batch.capacity()];
        this.next = new int[context.info().maxSequences()];
        this.ends = own ? batch : new Batch(batch.capacity());
        this.endSources = own ? sources : new int[ends.capacity()];
        this.rows = new int[next.length];
        this.fed = new boolean[next.length];
        forgetRows();
    }

    boolean isOwn() {
        return own;
    }

    /** What the heads take in memory, but for weights that are the model's, which the engine counts. */
    MemoryReport memory() {
        return own ? context.memory().withoutWeights() : context.memory();
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
                    + " from the KV cache of " + name() + "; please report this");
        }
    }

    /** Whether a sequence is read up to its token at a position. */
    boolean hasRead(int slot, int position) {
        return next[slot] == position;
    }

    /** An empty batch for tokens of a step, with prompts or without. */
    void begin(boolean prompts) {
        begin();
        few = !own && !prompts;
    }

    /** An empty batch. */
    void begin() {
        batch.clear();
        ends.clear();
        Arrays.fill(fed, false);
    }

    int size() {
        return own ? batch.size() : batch.size() + ends.size();
    }

    private String name() {
        return own ? "the MTP heads" : "the EAGLE-3 draft model";
    }

    /** What a sequence has is to be followed by the successor of its token at a position. EAGLE-3 never reads the first token of a text. */
    void align(int slot, int position, int token) {
        trim(slot, position + 1);
        if (next[slot] < position || (position == 0 && !own)) {
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
        boolean end = output || few;
        Batch to = end ? ends : batch;
        if (to.size() == to.capacity()) {
            throw new IllegalStateException("no room for more than " + to.size() + " tokens of a step in the batch of "
                    + name() + "; please report this");
        }
        if (output) {
            rows[slot] = to.size();
        }
        fed[slot] = true;
        (end ? endSources : sources)[to.size()] = source;
        to.add(token, next[slot]++, slot, end);
    }

    /** Computes the batch from the model's hidden states, and empties it. When that cannot be done, nothing is known of its texts; false then. */
    boolean read() {
        try {
            return decode(target);
        } catch (UnsupportedOperationException e) { // those of the step are not there: nothing was computed
            if (!leftOut) {
                LOG.warn("{} left out a step, as its hidden states are not there: {}", name(), e.getMessage());
                leftOut = true; // such a model has many
            }
            forgetFed();
            return false;
        } finally {
            begin();
        }
    }

    /** Computes the batch from the heads' own hidden states. */
    boolean draft() {
        return decode(context);
    }

    private boolean decode(Context source) {
        if ((own || decode(batch, source, sources)) && decode(ends, source, endSources)) {
            context.synchronize();
            return true;
        }
        forget();
        return false;
    }

    /** Texts that are not in the batch stay as they are. */
    private void forgetFed() {
        for (int slot = 0; slot < next.length; slot++) {
            if (fed[slot]) {
                clear(slot);
            }
        }
        forgetRows();
    }

    private void forget() {
        for (int slot = 0; slot < next.length; slot++) {
            clear(slot);
        }
        forgetRows();
    }

    private boolean decode(Batch part, Context source, int[] from) {
        return part.size() == 0 || context.decode(part, source, from) == DecodeStatus.OK;
    }

    /** Computes a text of no answer; returns the nanoseconds that it took. */
    double prepare(int tokens) {
        begin();
        int most = Math.min(tokens, Math.min(longest, batch.capacity()));
        for (int i = 0; i < most; i++) {
            add(0, 0, NONE, i == most - 1);
        }
        long begun = System.nanoTime();
        decode(target);
        double nanos = System.nanoTime() - begun;
        begin();
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
