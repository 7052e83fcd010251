package dev.tokapu.engine.draft;

import dev.tokapu.Context;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.schedule.ScheduledSequence;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The context of a draft model, and the drafting with it: for all answers together, a token of each in a batch. First it reads what it lacks of
 * their texts; a long text in parts, beside steps of the model.
 *
 * <p>Drafts may fail, answers do not: after an error nothing is drafted any more.
 *
 * <p>Thread safety: confined to the engine's thread, but for {@link #abort} and {@link #memory}.
 */
public final class DraftRunner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");
    private static final int LEAST_READ = 32; // tokens beside a step
    private static final int READING = 8; // tokens of an answer; more are not its drafts of the last step

    private final int vocab;
    private final int longest;
    private final MemoryReport memory;
    private final DraftBatch batch;
    private final DraftWorth worth = new DraftWorth();
    private final List<ModelDrafts> waiting = new ArrayList<>();
    private final List<ModelDrafts> drafting = new ArrayList<>();
    private final List<ModelDrafts> drafted = new ArrayList<>();
    private int texts; // answers that have tokens in the batch
    private int readable; // tokens that may still be read beside the next step
    private int triedTokens; // of the answer that is tried
    private boolean over;

    /**
     * Makes a context of a draft model ready.
     *
     * @param context its context, which is closed with this
     * @param sequences answers at the same time
     * @param targetVocab the size of the vocabulary of the model that verifies
     * @param samplingThreads threads that choose tokens
     */
    public DraftRunner(Context context, int sequences, int targetVocab, int samplingThreads) {
        this.vocab = context.model().vocab().size();
        this.longest = Math.min(
                context.info().sequenceContextSize(), context.model().info().trainedContextSize());
        this.memory = context.memory();
        this.batch = new DraftBatch(context, sequences, targetVocab, samplingThreads);
    }

    /** Any thread: what model and context take in memory. */
    public MemoryReport memory() {
        return memory;
    }

    /** Computes a token, so that no answer waits for what the first batch prepares. */
    public void prepare() {
        try {
            batch.prepare();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /** An answer wants drafts behind its newest token. */
    void enter(ModelDrafts answer) {
        if (!over) {
            waiting.add(answer);
        }
    }

    /** An answer has ended, or its sequence was taken from it. */
    void leave(ModelDrafts answer) {
        batch.slots().free(answer);
        worth.leaves(answer);
    }

    /** Some tokens of an answer's drafts were computed. */
    void verified(ModelDrafts answer, int computed, int accepted) {
        worth.verified(answer, computed, accepted);
    }

    /** A step without prompts was computed, with so many tokens of answers and drafts. */
    public void stepComputed(int tokens, long nanos) {
        worth.stepComputed(tokens, (double) nanos);
    }

    /**
     * Drafts for the answers that go on with the next step.
     *
     * @param sequences answers that generate
     * @return nanoseconds that it took
     */
    public long draft(int sequences) {
        if (waiting.isEmpty()) {
            return 0;
        }
        long begun = System.nanoTime();
        try {
            collect(sequences);
            if (batch.size() > 0 && compute(begun)) {
                for (int i = 0; i < drafted.size(); i++) {
                    offer(drafted.get(i));
                }
            }
        } catch (RuntimeException e) {
            fail(e);
        }
        drafting.clear();
        drafted.clear();
        return System.nanoTime() - begun;
    }

    private static void offer(ModelDrafts answer) {
        ScheduledSequence<?> sequence = answer.sequence();
        if (sequence != null) {
            sequence.drafts(answer.count());
        }
    }

    /** Those that are paused go on waiting. */
    private void collect(int sequences) {
        batch.clear();
        texts = 0;
        triedTokens = 0;
        readable = worth.readable(sequences, LEAST_READ, batch.capacity());
        int left = 0;
        for (int i = 0; i < waiting.size(); i++) {
            ModelDrafts answer = waiting.get(i);
            ScheduledSequence<?> sequence = answer.sequence();
            if (sequence == null || sequence.isEnded()) {
                continue;
            }
            if (sequence.isReady()) {
                begin(answer, sequence.mostDrafts(), sequences);
            } else {
                waiting.set(left++, answer);
            }
        }
        while (waiting.size() > left) {
            waiting.remove(waiting.size() - 1);
        }
    }

    private void begin(ModelDrafts answer, int most, int sequences) {
        int size = answer.known().size();
        int room = Math.min(most, longest - size);
        if (room <= 0) {
            return;
        }
        int missing = size - batch.slots().held(answer);
        int length = answer.adaptive() ? worth.length(answer, missing, sequences) : answer.maxDraft();
        if (length == 0 || !batch.slots().take(answer)) {
            return;
        }
        batch.slots().cut(answer);
        read(answer, size - answer.held(), Math.min(length, room));
    }

    private void read(ModelDrafts answer, int missing, int length) {
        int tokens = Math.min(missing, batch.capacity() - batch.size());
        if (missing > READING && answer.adaptive()) {
            tokens = Math.min(tokens, readable);
            readable -= tokens;
        }
        if (tokens == 0 || !answer.isWithin(vocab, tokens) || !batch.slots().makeRoom(tokens + length)) {
            return;
        }
        int from = answer.held();
        for (int i = from; i < from + tokens; i++) {
            add(answer, answer.known().get(i), tokens == missing && i == from + tokens - 1);
        }
        texts++;
        if (tokens == missing) {
            answer.begin(length);
            drafting.add(answer);
        }
    }

    private void add(ModelDrafts answer, int token, boolean output) {
        batch.add(answer, token, output);
        triedTokens += worth.isTried(answer) ? 1 : 0;
    }

    /** Reads, then drafts a token of each answer after the other; false when that was aborted. */
    private boolean compute(long begun) {
        int read = batch.size();
        boolean reads = read > READING * texts;
        int first = drafting.size();
        int tokens = read;
        int chosen = 0;
        if (!batch.decode()) {
            return false;
        }
        long now = System.nanoTime();
        if (reads) {
            worth.read(read, (double) (now - begun));
        }
        while (!drafting.isEmpty()) {
            chosen += choose();
            tokens += batch.size();
            if (batch.size() > 0 && !batch.decode()) {
                return false;
            }
        }
        long end = System.nanoTime();
        if (!reads && chosen > 0) {
            worth.drafted(chosen, (double) (end - begun));
        } else if (chosen > first) {
            worth.drafted(chosen - first, (double) (end - now));
        }
        worth.owes((double) (end - begun) * triedTokens / tokens);
        return true;
    }

    /** A token for each answer; those that want another one are in the next batch. */
    private int choose() {
        batch.choose(drafting);
        int chosen = 0;
        int left = 0;
        for (int i = 0; i < drafting.size(); i++) {
            ModelDrafts answer = drafting.get(i);
            int token = batch.token(i, answer);
            chosen += token < 0 ? 0 : 1;
            if (token >= 0 && answer.drafted(token)) {
                add(answer, token, true);
                drafting.set(left++, answer);
            } else {
                drafted.add(answer);
            }
        }
        while (drafting.size() > left) {
            drafting.remove(drafting.size() - 1);
        }
        return chosen;
    }

    private void fail(RuntimeException e) {
        LOG.warn("Nothing is drafted any more, answers go on without: the draft model failed: {}", e.getMessage(), e);
        waiting.clear();
        close();
    }

    /** Any thread: ends what is computed. */
    public void abort() {
        batch.abort();
    }

    @Override
    public void close() {
        over = true;
        batch.close();
    }
}
