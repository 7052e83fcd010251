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
    private static final int READING = 8; // tokens that an answer lacks: with more of them its text is being read

    private final int vocab;
    private final int longest;
    private final MemoryReport memory;
    private final DraftBatch batch;
    private final DraftWorth worth = new DraftWorth();
    private final List<ModelDrafts> waiting = new ArrayList<>();
    private final List<ModelDrafts> drafting = new ArrayList<>();
    private final List<ModelDrafts> drafted = new ArrayList<>();
    private int texts; // answers that have tokens in the batch
    private int readRoom; // tokens of texts that the batch still has room for
    private int readable; // those of them that take no longer than the next step
    private int reserved; // tokens that will be drafted for the answers of the batch
    private int triedTokens; // of the answer that is tried
    private boolean failed;
    private volatile long started;

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

    /** Any thread: when the drafting that goes on now began; 0 for none. */
    public long started() {
        return started;
    }

    /** Computes a token, so that no answer waits for what the first batch prepares. */
    public void prepare() {
        started = System.nanoTime();
        try {
            batch.prepare();
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            started = 0;
        }
    }

    /** An answer wants drafts behind its newest token. */
    void enter(ModelDrafts answer) {
        if (!failed) {
            waiting.add(answer);
        }
    }

    /** An answer has ended, or its sequence was taken from it. */
    void leave(ModelDrafts answer) {
        batch.slots().free(answer);
        worth.leaves(answer);
    }

    /** Some tokens of an answer's drafts were verified. */
    void verified(ModelDrafts answer, int drafted, int accepted) {
        worth.verified(answer, drafted, accepted);
    }

    /** A token behind right ones was computed for an answer and not offered. */
    void unlikely(ModelDrafts answer) {
        worth.unlikely(answer);
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
        started = begun;
        try {
            collect(sequences);
            if (batch.size() > 0 && compute(begun)) {
                for (int i = 0; i < drafted.size(); i++) {
                    offer(drafted.get(i));
                }
            }
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            started = 0;
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
        if (answer.count() == 0) {
            answer.verified(0, 0);
        }
    }

    /** Those that are paused go on waiting. */
    private void collect(int sequences) {
        batch.clear();
        texts = 0;
        reserved = 0;
        triedTokens = 0;
        readRoom = Math.max(LEAST_READ, batch.capacity() - READING * waiting.size()); // the others draft meanwhile
        readable = worth.readable(sequences, LEAST_READ, readRoom);
        worth.endPausedTrial();
        int stillWaiting = 0;
        for (int i = 0; i < waiting.size(); i++) {
            ModelDrafts answer = waiting.get(i);
            ScheduledSequence<?> sequence = answer.sequence();
            if (sequence == null || sequence.isEnded()) {
                continue;
            }
            if (!sequence.isReady()) {
                waiting.set(stillWaiting++, answer);
            } else if (!begin(answer, sequence.mostDrafts(), sequences)) {
                worth.endTrial(answer);
            }
        }
        truncate(waiting, stillWaiting);
    }

    private static void truncate(List<ModelDrafts> answers, int size) {
        while (answers.size() > size) {
            answers.remove(answers.size() - 1);
        }
    }

    /** Puts tokens of an answer into the batch; false when nothing is drafted or read for it. */
    private boolean begin(ModelDrafts answer, int most, int sequences) {
        int size = answer.known().size();
        int room = Math.min(most, longest - size);
        if (room <= 0) {
            return false;
        }
        int missing = size - batch.slots().held(answer);
        int length = answer.adaptive() ? worth.length(answer, missing, sequences) : answer.maxDraft();
        if (length == 0 || !batch.slots().take(answer)) {
            return false;
        }
        batch.slots().cut(answer);
        return read(answer, size - answer.held(), Math.min(length, room));
    }

    private boolean read(ModelDrafts answer, int missing, int length) {
        int tokens = Math.min(missing, batch.capacity() - batch.size());
        if (missing > READING) {
            tokens = Math.min(tokens, answer.adaptive() ? Math.min(readRoom, readable) : readRoom);
        }
        if (tokens <= 0 || !answer.isWithin(vocab, tokens) || !batch.slots().makeRoom(tokens + length + reserved)) {
            return false;
        }
        if (missing > READING) {
            readRoom -= tokens;
            readable -= tokens;
        }
        int from = answer.held();
        for (int i = from; i < from + tokens; i++) {
            add(answer, answer.known().get(i), tokens == missing && i == from + tokens - 1);
        }
        texts++;
        if (tokens == missing) {
            answer.begin(length);
            drafting.add(answer);
            reserved += length;
        }
        return true;
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
        int computed = 0;
        if (!batch.decode()) {
            return false;
        }
        long now = System.nanoTime();
        if (reads) {
            worth.read(read, (double) (now - begun));
        }
        while (!drafting.isEmpty()) {
            computed += drafting.size();
            choose();
            tokens += batch.size();
            if (batch.size() > 0 && !batch.decode()) {
                return false;
            }
        }
        long end = System.nanoTime();
        if (!reads && computed > 0) {
            worth.drafted(computed, (double) (end - begun));
        } else if (computed > first) {
            worth.drafted(computed - first, (double) (end - now));
        }
        worth.owes((double) (end - begun) * triedTokens / tokens);
        return true;
    }

    /** A token for each answer; those that want another one are in the next batch. */
    private void choose() {
        batch.choose(drafting);
        int goOn = 0;
        for (int i = 0; i < drafting.size(); i++) {
            ModelDrafts answer = drafting.get(i);
            int token = batch.token(i, answer);
            if (token >= 0 && answer.drafted(token)) {
                add(answer, token, true);
                drafting.set(goOn++, answer);
            } else {
                drafted.add(answer);
            }
        }
        truncate(drafting, goOn);
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
        failed = true;
        batch.close();
    }
}
