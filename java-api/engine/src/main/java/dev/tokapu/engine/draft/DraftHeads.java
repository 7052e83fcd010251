package dev.tokapu.engine.draft;

import dev.tokapu.Context;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.schedule.KvOperation;
import dev.tokapu.engine.schedule.ScheduledSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * The drafting with heads, which read hidden states of the model that verifies: its own MTP heads, or an EAGLE-3 draft model. After each step they read its
 * tokens, each with the hidden state of the token before it; what they say behind the last token of an answer is the first one of a draft, from which they go on
 * with hidden states of their own.
 *
 * <p>Answers for which that does not pay are not read. Where something of a text was not, as it came from a saved state or was left out, the heads see what
 * comes behind that.
 *
 * <p>Thread safety: confined to the engine's thread, but for {@link #abort} and {@link #memory}.
 */
public final class DraftHeads implements ModelDrafter {

    private static final int NONE = -1;

    private final MemoryReport memory;
    private final HeadsBatch batch;
    private final DraftChooser chooser;
    private final DraftWorth worth;
    private final List<ModelDrafts> drafting = new ArrayList<>();
    private final List<ModelDrafts> drafted = new ArrayList<>();
    private boolean prompts;
    private int sequences;
    private int fed; // answers
    private int tried; // of them, to know what that brings
    private int triedTokens; // of them and of prompts
    private double readNanos; // of an answer, behind a step without prompts
    private int wanted;
    private boolean decoded;

    /**
     * Makes them ready.
     *
     * @param target the context that verifies
     * @param context that of the heads, which is closed with this
     * @param answers at the same time
     * @param samplingThreads threads that choose tokens
     */
    DraftHeads(Context target, Context context, int answers, int samplingThreads, DraftWorth worth) {
        this.batch = new HeadsBatch(target, context);
        this.memory = batch.memory();
        this.chooser = new DraftChooser(context, answers, samplingThreads);
        this.worth = worth;
    }

    /** Whether they are the MTP heads of the model that verifies. */
    boolean areOwn() {
        return batch.isOwn();
    }

    @Override
    public MemoryReport memory() {
        return memory;
    }

    @Override
    public void prepare() {
        batch.prepare(ReadingTime.LEAST);
        worth.read(ReadingTime.LEAST, batch.prepare(ReadingTime.LEAST));
        batch.prepare(1);
    }

    /** A sequence is changed as the model's is. */
    void follow(KvOperation operation) {
        batch.follow(operation);
    }

    /**
     * A step was computed, and what it brought is going to be read.
     *
     * @param answers of the step that generate
     * @param withPrompts whether there are prompts in it
     */
    public void stepComputed(int answers, boolean withPrompts) {
        batch.begin(withPrompts);
        batch.forgetRows();
        sequences = Math.max(1, answers); // those of a prompt come after it
        prompts = withPrompts;
        fed = 0;
        tried = 0;
        triedTokens = 0;
        readNanos = 0;
    }

    /**
     * Tokens of an answer's sequence were computed. Their successors are to be {@linkplain #add added}, unless this says that they are not read.
     *
     * @param slot the sequence
     * @param from the position of the first of them
     * @param first that token
     * @param tokens how many
     */
    public boolean reads(ModelDrafts answer, int slot, int from, int first, int tokens) {
        if (answer.adaptive() && !worth.paysToFeed(answer, tokens, sequences) && !tries(answer, tokens, tokens)) {
            return false;
        }
        answer.tried(false); // what was begun is read
        begin(answer, slot, from, first);
        return true;
    }

    /**
     * Tokens of a prompt were computed, as {@link #reads} says of an answer's.
     *
     * @param missing tokens from the first of them to the prompt's end
     */
    public boolean readsPrompt(ModelDrafts answer, int slot, int from, int first, int tokens, int missing) {
        if (answer.adaptive() && !worth.paysToFeedPrompt(answer, tokens, missing, sequences)) {
            if (!tries(answer, tokens, missing)) {
                return false;
            }
            worth.begunToRead(answer, missing);
        }
        if (answer.slot() != slot) {
            batch.trim(slot, from); // a text that was kept may have gone on otherwise
        }
        begin(answer, slot, from, first);
        return true;
    }

    private boolean tries(ModelDrafts answer, int tokens, int missing) {
        if (!worth.triesToRead(answer, missing, sequences)) {
            return false;
        }
        tried++;
        triedTokens += tokens;
        return true;
    }

    private void begin(ModelDrafts answer, int slot, int from, int first) {
        answer.place(slot, from);
        batch.align(slot, from, first);
        fed++;
    }

    /** The sequence of an answer begins as that of a prompt, as far as that was {@linkplain #compute read}. */
    public void copy(int prompt, int slot) {
        batch.copy(prompt, slot);
    }

    /** Whether all of a prompt was read that ends at a position, so that what an answer to it chose can be {@linkplain #add added}. */
    public boolean continues(ModelDrafts answer, int slot, int end) {
        if (!batch.hasRead(slot, end)) {
            return false;
        }
        answer.place(slot, end);
        fed++;
        return true;
    }

    /**
     * The next token of a sequence.
     *
     * @param row the token before it in the model's batch
     * @param drafts whether a draft may follow it
     */
    public void add(int slot, int token, int row, boolean drafts) {
        batch.add(slot, token, row, drafts);
    }

    /** Reads what was added. */
    void compute() {
        int tokens = batch.size();
        if (tokens == 0) {
            fed = 0;
            return;
        }
        long begun = System.nanoTime();
        if (!batch.read()) {
            return;
        }
        double nanos = System.nanoTime() - begun;
        if (prompts) {
            worth.read(tokens, nanos);
            worth.owesReading(triedTokens, nanos * triedTokens / tokens);
            triedTokens = 0;
        } else {
            worth.round(fed, nanos);
            readNanos = nanos / fed;
        }
    }

    @Override
    public void leave(ModelDrafts answer) {
        answer.place(NONE, NONE);
    }

    /** As the text was read in the last step or was not. */
    @Override
    public int room(ModelDrafts answer) {
        ScheduledSequence<?> sequence = answer.sequence();
        boolean read = sequence != null && answer.slot() == sequence.slot() && batch.row(answer.slot()) != NONE;
        return read ? batch.room(answer.slot()) : 0;
    }

    @Override
    public void begin(List<AnswerDrafts> candidates, List<AnswerDrafts> chosen, int ofStep) {
        wanted = 0;
        decoded = false;
    }

    @Override
    public int draft(List<AnswerDrafts> chosen) {
        for (int i = 0; i < chosen.size(); i++) {
            if (chosen.get(i) instanceof ModelDrafts answer) {
                answer.begin(answer.room());
                wanted += answer.room();
                drafting.add(answer);
            }
        }
        worth.readInVain(sequences, readNanos * Math.max(tried, fed - drafting.size()));
        readNanos = 0;
        int offered = !drafting.isEmpty() && rounds() ? DraftRunner.offer(drafted) : 0;
        drafting.clear();
        drafted.clear();
        batch.forgetRows();
        return offered;
    }

    /** A token of each answer after the other; false when that was aborted. */
    private boolean rounds() {
        decoded = true;
        int answers = drafting.size();
        int computed = 0;
        int rounds = 0;
        long begun = System.nanoTime();
        choose();
        while (!drafting.isEmpty()) {
            rounds++;
            computed += batch.size();
            if (!batch.draft()) {
                return false;
            }
            choose();
        }
        double nanos = System.nanoTime() - begun;
        if (rounds > 0) {
            worth.round(answers, nanos / rounds);
        }
        worth.owes(worth.tries() && computed > 0 ? nanos : 0);
        return true;
    }

    /** A token for each answer; the next batch has the answers that go on. */
    private void choose() {
        chooser.choose(drafting, batch.rows());
        batch.begin();
        int goOn = 0;
        for (int i = 0; i < drafting.size(); i++) {
            ModelDrafts answer = drafting.get(i);
            int token = chooser.token(i);
            int row = batch.row(answer.slot());
            if (chooser.isLikely(row, token, answer.minProbability()) && answer.drafted(token)) {
                batch.add(answer.slot(), token, row, true);
                drafting.set(goOn++, answer);
            } else {
                drafted.add(answer);
            }
        }
        DraftPlanner.truncate(drafting, goOn);
    }

    @Override
    public int wanted() {
        return wanted;
    }

    @Override
    public boolean hasDecoded() {
        return decoded;
    }

    @Override
    public void abort() {
        batch.abort();
    }

    @Override
    public void close() {
        chooser.close();
        batch.close();
    }
}
