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

    private final MemoryReport memory;
    private final DraftBatch batch;
    private final DraftWorth worth;
    private final DraftIntake intake;
    private final List<ModelDrafts> drafting = new ArrayList<>();
    private final List<ModelDrafts> drafted = new ArrayList<>();
    private int offered; // tokens for the next step
    private boolean failed;
    private volatile long started;

    /**
     * Makes a context of a draft model ready.
     *
     * @param context its context, which is closed with this
     * @param sequences answers at the same time
     * @param targetVocab the size of the vocabulary of the model that verifies
     * @param samplingThreads threads that choose tokens
     * @param slowdown times a step without drafts, that answers without drafts may wait
     */
    public DraftRunner(Context context, int sequences, int targetVocab, int samplingThreads, double slowdown) {
        this.memory = context.memory();
        this.batch = new DraftBatch(context, sequences, targetVocab, samplingThreads);
        this.worth = new DraftWorth(slowdown);
        int longest = Math.min(
                context.info().sequenceContextSize(), context.model().info().trainedContextSize());
        this.intake = new DraftIntake(context.model().vocab().size(), longest, batch, worth);
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
            intake.enter(answer);
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

    /** Whether it drafted for the next step. */
    public boolean hasOffered() {
        return offered > 0;
    }

    /**
     * A step without prompts was computed.
     *
     * @param sequences answers
     * @param drafts tokens that were drafted for them, in the step
     */
    public void stepComputed(int sequences, int drafts, long nanos) {
        int wanted = drafts == offered ? intake.drafts() : drafts;
        worth.stepComputed(sequences, wanted, (double) nanos);
    }

    /**
     * Drafts for the answers that go on with the next step.
     *
     * @param sequences answers that generate
     * @param prefilling whether prompts are computed beside them: these come first, and nothing is drafted
     * @return nanoseconds that it took
     */
    public long draft(int sequences, boolean prefilling) {
        offered = 0;
        if (intake.isEmpty() || prefilling) {
            intake.pass();
            return 0;
        }
        long begun = System.nanoTime();
        started = begun;
        try {
            intake.fill(sequences, drafting);
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

    private void offer(ModelDrafts answer) {
        ScheduledSequence<?> sequence = answer.sequence();
        if (sequence != null) {
            sequence.drafts(answer.count());
            offered += answer.count();
        }
        if (answer.count() == 0) {
            answer.verified(0, 0);
        }
    }

    /** Reads, then drafts a token of each answer after the other; false when that was aborted. */
    private boolean compute(long begun) {
        int answers = drafting.size();
        int rounds = 0;
        int computed = batch.size();
        if (!batch.decode()) {
            return false;
        }
        long from = begun;
        if (intake.readTokens() > 0) {
            from = System.nanoTime();
            worth.read(computed, (double) (from - begun));
        }
        while (!drafting.isEmpty()) {
            rounds++;
            choose();
            computed += batch.size();
            if (batch.size() > 0 && !batch.decode()) {
                return false;
            }
        }
        long end = System.nanoTime();
        int counted = intake.readTokens() > 0 ? rounds - 1 : rounds;
        if (counted > 0) {
            worth.round(answers, (double) (end - from) / counted);
        }
        int tried = intake.triedTokens() + (worth.tries() ? computed - intake.readTokens() : 0);
        worth.owes((double) (end - begun) * tried / computed);
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
                batch.add(answer, token, true);
                drafting.set(goOn++, answer);
            } else {
                drafted.add(answer);
            }
        }
        DraftIntake.truncate(drafting, goOn);
    }

    private void fail(RuntimeException e) {
        LOG.warn("Nothing is drafted any more, answers go on without: the draft model failed: {}", e.getMessage(), e);
        intake.clear();
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
