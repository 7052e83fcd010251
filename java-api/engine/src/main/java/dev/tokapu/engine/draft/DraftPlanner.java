package dev.tokapu.engine.draft;

import dev.tokapu.Context;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.schedule.KvOperation;
import dev.tokapu.engine.schedule.ScheduledSequence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine drafts before each step, of texts that repeat themselves and with a draft model: chosen for all answers together, so that it pays.
 *
 * <p>Drafts may fail, answers do not: after an error of the draft model it drafts nothing any more.
 *
 * <p>Thread safety: confined to the engine's thread, but for {@link #abort}, {@link #started} and {@link #memory}.
 */
public final class DraftPlanner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");

    private final DraftWorth worth;
    private final @Nullable ModelDrafter model;
    private final @Nullable DraftHeads heads;
    private final List<AnswerDrafts> waiting = new ArrayList<>();
    private final List<AnswerDrafts> candidates = new ArrayList<>();
    private final List<AnswerDrafts> chosen = new ArrayList<>();
    private int offered; // tokens for the next step
    private int wanted; // tokens that were to be drafted for it
    private boolean failed;
    private volatile long started;

    /**
     * Drafts without a model.
     *
     * @param slowdown times a step without drafts, that answers without drafts may wait
     */
    public DraftPlanner(double slowdown) {
        this.worth = new DraftWorth(slowdown);
        this.model = null;
        this.heads = null;
    }

    /**
     * Drafts with a model, too.
     *
     * @param slowdown times a step without drafts, that answers without drafts may wait
     * @param context the draft model's context, which is closed with this
     * @param sequences answers at the same time
     * @param targetVocab the size of the vocabulary of the model that verifies
     * @param samplingThreads threads that choose tokens
     */
    public DraftPlanner(double slowdown, Context context, int sequences, int targetVocab, int samplingThreads) {
        this.worth = new DraftWorth(slowdown);
        this.model = new DraftRunner(context, sequences, targetVocab, samplingThreads, worth);
        this.heads = null;
    }

    /**
     * Drafts with heads, too, which read hidden states: the MTP heads of the model that verifies, or an EAGLE-3 draft model for it.
     *
     * @param slowdown times a step without drafts, that answers without drafts may wait
     * @param target the context that verifies
     * @param context that of the heads, with as many sequences; it is closed with this
     * @param sequences answers at the same time
     * @param samplingThreads threads that choose tokens
     */
    public DraftPlanner(double slowdown, Context target, Context context, int sequences, int samplingThreads) {
        this.worth = new DraftWorth(slowdown);
        this.heads = new DraftHeads(target, context, sequences, samplingThreads, worth);
        this.model = heads;
    }

    DraftWorth worth() {
        return worth;
    }

    /** Whether there is a draft model. */
    public boolean hasModel() {
        return model != null && !hasHeads();
    }

    /** Whether MTP heads draft. */
    public boolean hasHeads() {
        return heads != null && heads.areOwn();
    }

    /** The MTP heads or the EAGLE-3 draft model, to be fed; null when there are none, or they failed. */
    public @Nullable DraftHeads heads() {
        return failed ? null : heads;
    }

    /** The heads compute what they were fed; returns the nanoseconds that it took. */
    public long feed() {
        DraftHeads feeding = heads();
        if (feeding == null) {
            return 0;
        }
        long begun = System.nanoTime();
        started = begun;
        try {
            feeding.compute();
        } catch (RuntimeException e) {
            fail(feeding, e);
        } finally {
            started = 0;
        }
        return System.nanoTime() - begun;
    }

    /** Before a step: the heads' KV cache follows the model's. */
    public void follow(KvOperation operation) {
        DraftHeads following = heads();
        if (following != null) {
            try {
                following.follow(operation);
            } catch (RuntimeException e) {
                fail(following, e);
            }
        }
    }

    /** Any thread: what the draft model and its context take in memory. */
    public List<MemoryReport.Row> memory() {
        return model == null ? List.of() : model.memory().rows();
    }

    /** Any thread: when the drafting that goes on now began; 0 for none. */
    public long started() {
        return started;
    }

    /** Computes some tokens with the draft model, so that no answer waits for what the first batches prepare. */
    public void prepare() {
        if (model != null) {
            started = System.nanoTime();
            try {
                model.prepare();
            } catch (RuntimeException e) {
                fail(model, e);
            } finally {
                started = 0;
            }
        }
    }

    /** An answer wants drafts behind its newest token. */
    void enter(AnswerDrafts answer) {
        waiting.add(answer);
    }

    /** An answer of the draft model has ended, or its sequence was taken from it. */
    void leave(ModelDrafts answer) {
        worth.leaves(answer);
        if (model != null) {
            model.leave(answer);
        }
    }

    /** Whether something was drafted for the next step. */
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
        worth.stepComputed(sequences, drafts == offered ? wanted : drafts, (double) nanos);
    }

    /**
     * Drafts for the answers that go on with the next step.
     *
     * @param sequences answers that generate
     * @param prefilling whether prompts are computed beside them: these come first, and nothing is drafted
     * @return nanoseconds that the draft model took
     */
    public long draft(int sequences, boolean prefilling) {
        offered = 0;
        wanted = 0;
        long begun = System.nanoTime();
        worth.begins(sequences, !prefilling);
        sort(prefilling);
        ModelDrafter drafting = failed ? null : model;
        if (drafting != null) {
            started = begun;
        }
        try {
            if (drafting != null) {
                drafting.begin(candidates, chosen, sequences);
            }
            choose(sequences);
            offer(drafting);
        } catch (RuntimeException e) {
            if (drafting == null) {
                throw e;
            }
            fail(drafting, e);
        } finally {
            started = 0;
        }
        return drafting != null && drafting.hasDecoded() ? System.nanoTime() - begun : 0;
    }

    /** Looks through the answers that wait. Those that are paused go on waiting. */
    private void sort(boolean prefilling) {
        candidates.clear();
        chosen.clear();
        int stillWaiting = 0;
        for (int i = 0; i < waiting.size(); i++) {
            AnswerDrafts answer = waiting.get(i);
            ScheduledSequence<?> sequence = answer.sequence();
            if (sequence == null || sequence.isEnded()) {
                continue;
            }
            if (!sequence.isReady()) {
                waiting.set(stillWaiting++, answer);
                continue;
            }
            answer.room(prefilling ? 0 : Math.min(room(answer), sequence.mostDrafts()));
            if (answer.room() > 0) {
                (answer.adaptive() ? candidates : chosen).add(answer);
            }
        }
        truncate(waiting, stillWaiting);
    }

    private int room(AnswerDrafts answer) {
        if (answer instanceof ModelDrafts drafts) {
            return failed || model == null ? 0 : Math.min(drafts.maxDraft(), model.room(drafts));
        }
        return answer instanceof NGramDrafts text && text.hasMatch() ? text.maxDraft() : 0;
    }

    private void choose(int sequences) {
        worth.choose(candidates, sequences);
        for (int i = 0; i < worth.answers(); i++) {
            AnswerDrafts answer = candidates.get(i);
            answer.room(Math.min(answer.room(), worth.length()));
            chosen.add(answer);
        }
    }

    private void offer(@Nullable ModelDrafter drafting) {
        for (int i = 0; i < chosen.size(); i++) {
            ScheduledSequence<?> sequence = chosen.get(i).sequence();
            if (chosen.get(i) instanceof NGramDrafts text && sequence != null) {
                text.fill(text.room());
                sequence.drafts(text.room());
                offered += text.room();
                wanted += text.room();
            }
        }
        if (drafting != null) {
            offered += drafting.draft(chosen);
            wanted += drafting.wanted();
        }
    }

    /** Allocates nothing, unlike {@code subList().clear()}. */
    static void truncate(List<? extends AnswerDrafts> answers, int size) {
        while (answers.size() > size) {
            answers.remove(answers.size() - 1);
        }
    }

    /** What drafts has failed, and drafts no more. */
    public void fail(ModelDrafter drafting, RuntimeException e) {
        String what = hasHeads() ? "heads" : "draft model";
        LOG.warn("Nothing is drafted any more, answers go on without: the {} failed: {}", what, e.getMessage(), e);
        failed = true;
        drafting.close();
    }

    /** Any thread: ends what the draft model computes. */
    public void abort() {
        if (model != null) {
            model.abort();
        }
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
    }
}
