package dev.tokapu.engine.draft;

import dev.tokapu.Context;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.schedule.ScheduledSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * The context of a draft model, and the drafting with it: for all answers together, a token of each in a batch. First it reads what it lacks of
 * their texts; a long text in parts, beside steps of the model.
 *
 * <p>Thread safety: confined to the engine's thread, but for {@link #abort} and {@link #memory}.
 */
final class DraftRunner implements ModelDrafter {

    private static final double QUICK =
            10e6; // nanoseconds of a small batch: a large one shows better what a token of it takes
    private static final int MANY = 128; // tokens of the large one

    private final MemoryReport memory;
    private final DraftBatch batch;
    private final DraftWorth worth;
    private final DraftIntake intake;
    private final List<ModelDrafts> drafting = new ArrayList<>();
    private final List<ModelDrafts> drafted = new ArrayList<>();
    private final int longest;
    private long begun;
    private boolean decoded;

    /**
     * Makes a context of a draft model ready.
     *
     * @param context its context, which is closed with this
     * @param sequences answers at the same time
     * @param targetVocab the size of the vocabulary of the model that verifies
     * @param samplingThreads threads that choose tokens
     */
    DraftRunner(Context context, int sequences, int targetVocab, int samplingThreads, DraftWorth worth) {
        this.memory = context.memory();
        this.batch = new DraftBatch(context, sequences, targetVocab, samplingThreads);
        this.worth = worth;
        this.longest = Math.min(
                context.info().sequenceContextSize(), context.model().info().trainedContextSize());
        this.intake = new DraftIntake(context.model().vocab().size(), batch, worth);
    }

    @Override
    public MemoryReport memory() {
        return memory;
    }

    /** Computes texts of no answer, so that no answer waits for what the first batches prepare, and measures what reading takes. */
    @Override
    public void prepare() {
        int most = Math.min(batch.capacity(), longest);
        int tokens = Math.min(ReadingTime.LEAST, most);
        batch.prepare(tokens);
        double nanos = batch.prepare(tokens);
        if (nanos < QUICK) {
            tokens = Math.min(MANY, most);
            batch.prepare(tokens);
            nanos = batch.prepare(tokens);
        }
        worth.read(tokens, Math.min(nanos, batch.prepare(tokens)));
        batch.prepare(1);
    }

    @Override
    public void leave(ModelDrafts answer) {
        batch.slots().free(answer);
    }

    @Override
    public int room(ModelDrafts answer) {
        return longest - answer.known().size();
    }

    /** Answers whose text has to be read leave the lists, and come back when that is done. */
    @Override
    public void begin(List<AnswerDrafts> candidates, List<AnswerDrafts> chosen, int sequences) {
        begun = System.nanoTime();
        decoded = false;
        intake.read(candidates, chosen, sequences);
    }

    @Override
    public int draft(List<AnswerDrafts> chosen) {
        intake.fill(chosen, drafting);
        decoded = batch.size() > 0;
        int offered = decoded && compute() ? offer(drafted) : 0;
        drafting.clear();
        drafted.clear();
        return offered;
    }

    @Override
    public int wanted() {
        return intake.drafts();
    }

    @Override
    public boolean hasDecoded() {
        return decoded;
    }

    /** Offers what was drafted for answers; returns how many tokens. */
    static int offer(List<ModelDrafts> drafted) {
        int offered = 0;
        for (int i = 0; i < drafted.size(); i++) {
            offered += offer(drafted.get(i));
        }
        return offered;
    }

    private static int offer(ModelDrafts answer) {
        ScheduledSequence<?> sequence = answer.sequence();
        if (sequence != null) {
            sequence.drafts(answer.count());
        }
        if (answer.count() == 0) {
            answer.verified(0, 0);
        }
        return sequence == null ? 0 : answer.count();
    }

    /** Reads, then drafts a token of each answer after the other; false when that was aborted. */
    private boolean compute() {
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
        double tokenNanos = (double) (end - begun) / computed;
        worth.owesReading(intake.triedTokens(), tokenNanos * intake.triedTokens());
        worth.owes(worth.tries() ? tokenNanos * (computed - intake.readTokens()) : 0);
        return true;
    }

    /** A token for each answer; the next batch has the answers that go on. */
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
        DraftPlanner.truncate(drafting, goOn);
    }

    @Override
    public void abort() {
        batch.abort();
    }

    @Override
    public void close() {
        batch.close();
    }
}
