package dev.tokapu.engine.draft;

import dev.tokapu.engine.schedule.ScheduledSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * The answers that wait for drafts, and the first batch of a drafting: the tokens that the draft model lacks of each chosen answer, in the
 * order of their sequences, and parts of longer texts.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class DraftIntake {

    private static final int LEAST_READ = 32; // tokens beside a step
    private static final int READING = 8; // tokens that an answer lacks: with more of them its text is being read

    private final int vocab;
    private final int longest;
    private final DraftBatch batch;
    private final DraftWorth worth;
    private final List<ModelDrafts> waiting = new ArrayList<>();
    private final List<ModelDrafts> readers = new ArrayList<>();
    private final List<ModelDrafts> candidates = new ArrayList<>();
    private final List<ModelDrafts> chosen = new ArrayList<>();
    private int readTokens; // of texts
    private int triedTokens; // read to try what drafts bring
    private int drafts; // tokens that will be drafted

    /**
     * Creates it.
     *
     * @param vocab tokens of the draft model
     * @param longest tokens of a text
     */
    DraftIntake(int vocab, int longest, DraftBatch batch, DraftWorth worth) {
        this.vocab = vocab;
        this.longest = longest;
        this.batch = batch;
        this.worth = worth;
    }

    void enter(ModelDrafts answer) {
        waiting.add(answer);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void clear() {
        waiting.clear();
    }

    /** Tokens of texts in the batch. */
    int readTokens() {
        return readTokens;
    }

    /** How many of them were read to try what drafts bring. */
    int triedTokens() {
        return triedTokens;
    }

    /** Tokens that are to be drafted for the answers of the batch. */
    int drafts() {
        return drafts;
    }

    /**
     * Fills the batch. Answers that are paused go on waiting.
     *
     * @param sequences answers of the next step
     * @param drafting gets the answers that are drafted for
     */
    void fill(int sequences, List<ModelDrafts> drafting) {
        batch.clear();
        readTokens = 0;
        triedTokens = 0;
        drafts = 0;
        sort();
        read(sequences);
        worth.choose(candidates, sequences);
        for (int i = 0; i < worth.answers(); i++) {
            ModelDrafts answer = candidates.get(i);
            answer.room(Math.min(answer.room(), worth.length()));
            chosen.add(answer);
        }
        takeSequences();
        for (int i = 0; i < chosen.size(); i++) {
            draft(chosen.get(i), drafting);
        }
    }

    /** Nothing is drafted for the next step. */
    void pass() {
        sort();
        candidates.clear();
        worth.choose(candidates, 0);
        drafts = 0;
    }

    private void sort() {
        readers.clear();
        candidates.clear();
        chosen.clear();
        int stillWaiting = 0;
        for (int i = 0; i < waiting.size(); i++) {
            ModelDrafts answer = waiting.get(i);
            ScheduledSequence<?> sequence = answer.sequence();
            if (sequence == null || sequence.isEnded()) {
                continue;
            }
            if (!sequence.isReady()) {
                waiting.set(stillWaiting++, answer);
                continue;
            }
            int size = answer.known().size();
            answer.room(Math.min(answer.maxDraft(), Math.min(sequence.mostDrafts(), longest - size)));
            if (answer.room() > 0) {
                (size - batch.slots().held(answer) > READING ? readers : drafters(answer)).add(answer);
            }
        }
        truncate(waiting, stillWaiting);
    }

    private List<ModelDrafts> drafters(ModelDrafts answer) {
        return answer.adaptive() ? candidates : chosen;
    }

    /** Gives the chosen answers their sequences and sorts them by sequence: llama.cpp computes consecutive sequences together. */
    private void takeSequences() {
        int placed = 0;
        for (int i = 0; i < chosen.size(); i++) {
            ModelDrafts answer = chosen.get(i);
            if (!batch.slots().take(answer)) {
                continue;
            }
            int place = placed++;
            while (place > 0 && chosen.get(place - 1).slot() > answer.slot()) {
                chosen.set(place, chosen.get(place - 1));
                place--;
            }
            chosen.set(place, answer);
        }
        truncate(chosen, placed);
    }

    /** Allocates nothing, unlike {@code subList().clear()}. */
    static void truncate(List<ModelDrafts> answers, int size) {
        while (answers.size() > size) {
            answers.remove(answers.size() - 1);
        }
    }

    private void draft(ModelDrafts answer, List<ModelDrafts> drafting) {
        batch.slots().cut(answer);
        int missing = answer.known().size() - answer.held();
        int room = answer.room();
        if (add(answer, missing, room)) {
            answer.begin(room);
            drafting.add(answer);
            drafts += room;
        }
    }

    /** Reads parts of texts, all but the last token at most, and leaves room in the batch for texts already read. */
    private void read(int sequences) {
        int room =
                Math.max(LEAST_READ, batch.capacity() - READING * (candidates.size() + chosen.size() + readers.size()));
        int readable = worth.readable(sequences, LEAST_READ, room);
        for (int i = 0; i < readers.size(); i++) {
            ModelDrafts answer = readers.get(i);
            int tokens = read(answer, (answer.adaptive() ? readable : room) - readTokens, sequences);
            readTokens += tokens;
            if (tokens > 0 && answer.known().size() - batch.slots().held(answer) <= READING) {
                drafters(answer).add(answer);
            }
        }
    }

    private int read(ModelDrafts answer, int most, int sequences) {
        int lacking = answer.known().size() - batch.slots().held(answer);
        boolean tries = answer.adaptive() && !worth.paysToRead(answer, lacking, sequences);
        if (most <= 0
                || (tries && !worth.triesToRead(answer, lacking, sequences))
                || !batch.slots().take(answer)) {
            return 0;
        }
        batch.slots().cut(answer);
        int missing = answer.known().size() - answer.held();
        int tokens = Math.min(Math.min(missing - 1, most), batch.capacity() - batch.size());
        if (tokens <= 0 || !add(answer, tokens, 0)) {
            return 0;
        }
        triedTokens += tries ? tokens : 0;
        return tokens;
    }

    /** Puts tokens into the batch, the last one with an output if something is drafted behind it. */
    private boolean add(ModelDrafts answer, int tokens, int length) {
        if (tokens > batch.capacity() - batch.size()
                || !answer.isWithin(vocab, tokens)
                || !batch.slots().makeRoom(tokens + length + drafts)) {
            return false;
        }
        int end = answer.held() + tokens;
        for (int i = answer.held(); i < end; i++) {
            batch.add(answer, answer.known().get(i), length > 0 && i == end - 1);
        }
        return true;
    }
}
